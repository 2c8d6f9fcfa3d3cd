//! The server in one process with its callers, over the memory store.

mod company;
mod corrections;
mod documentation;
mod imports;
mod limits;
mod logs;
mod paging;
mod pay_run;
mod rewards;
mod running;
mod stopping;
mod writes;
