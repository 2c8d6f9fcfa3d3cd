//! What the process has used so far, where the system says so.

use std::fs;

/// Most memory that was resident at once, in MB; 0 where that is unknown.
pub(crate) fn peak_memory_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

/// Processor time of all threads, in hundredths of a second; 0 where that is unknown.
pub(crate) fn processor_ticks() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses: utime and stime are the 12th and 13th fields.
    let fields = stat
        .rsplit_once(')')
        .map(|(_, fields)| fields)
        .unwrap_or_default();
    let ticks = |number: usize| fields.split_whitespace().nth(number)?.parse::<u64>().ok();
    ticks(11)
        .zip(ticks(12))
        .map_or(0, |(user, system)| user + system)
}
