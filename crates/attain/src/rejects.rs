//! The file of rows that were rejected: line, field, reason, sentence.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use attain_app::RejectedRow;
use attain_domain::refusal::Reason;

use crate::args::ImportFile;
use crate::failure::Failure;

/// Where the rejected rows of a file go.
pub(crate) fn rejected_path(file: &ImportFile) -> PathBuf {
    file.rejected.clone().unwrap_or_else(|| {
        let mut name = file.file.clone().into_os_string();
        name.push(".rejected.csv");
        PathBuf::from(name)
    })
}

/// Where rejected rows are written; made when the first one comes.
pub(crate) struct Rejects {
    path: PathBuf,
    writer: Option<csv::Writer<File>>,
    reasons: BTreeMap<Reason, u64>,
}

impl Rejects {
    pub(crate) fn new(path: PathBuf) -> Result<Self, Failure> {
        // One that an earlier import left would be mistaken for this one's.
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(error.into());
        }
        Ok(Self {
            path,
            writer: None,
            reasons: Default::default(),
        })
    }

    pub(crate) fn write(&mut self, rejected: &[RejectedRow]) -> Result<(), Failure> {
        for RejectedRow { position, refusal } in rejected {
            *self.reasons.entry(refusal.reason).or_default() += 1;
            let line = position.to_string();
            let field = refusal.field.as_deref().unwrap_or_default();
            let record = [
                line.as_str(),
                field,
                refusal.reason.code(),
                refusal.text.as_str(),
            ];
            self.open()?
                .write_record(record)
                .map_err(anyhow::Error::from)?;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<&mut csv::Writer<File>, Failure> {
        if self.writer.is_none() {
            let mut writer = csv::Writer::from_path(&self.path)
                .with_context(|| format!("writing {}", self.path.display()))?;
            let header = ["line", "field", "reason", "text"];
            writer.write_record(header).map_err(anyhow::Error::from)?;
            self.writer = Some(writer);
        }
        self.writer
            .as_mut()
            .ok_or_else(|| Failure::Other(anyhow!("no file of rejected rows")))
    }

    pub(crate) fn end(mut self) -> Result<BTreeMap<Reason, u64>, Failure> {
        if let Some(writer) = &mut self.writer {
            writer.flush()?;
        }
        Ok(self.reasons)
    }
}
