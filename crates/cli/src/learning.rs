//! How evolution is set up: when something is worth a skill, and where it keeps what it counted.

use std::path::Path;

use llmos_core::{evolution::Thresholds, volume::VolumeId};
use llmos_volumes::LedgerFolder;
use llmos_workbench::Ledgers;

/// When something that recurs is worth a skill.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct Learning {
    /// How often something must recur to make a draft of a skill
    #[arg(long, value_name = "N", default_value_t = 3, env = "LLMOS_MIN_PATTERN_COUNT",
        value_parser = clap::value_parser!(u64).range(1..))]
    min_pattern_count: u64,
    /// Which part of that must be a success, 0 to 1
    #[arg(long, value_name = "RATE", default_value_t = 0.7, env = "LLMOS_MIN_SUCCESS_RATE", value_parser = rate)]
    min_success_rate: f64,
}

impl Learning {
    pub(crate) fn thresholds(self) -> Thresholds {
        Thresholds { min_count: self.min_pattern_count, min_success_rate: self.min_success_rate }
    }
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|error| format!("that is no number: {error}"))?;
    if (0.0..=1.0).contains(&rate) { Ok(rate) } else { Err("it must be 0 to 1".to_owned()) }
}

/// What was counted, beside the volumes.
pub(crate) struct Beside(LedgerFolder);

impl Beside {
    pub(crate) fn volumes(root: &Path) -> Self {
        Self(LedgerFolder::beside(root))
    }
}

impl Ledgers for Beside {
    fn load(&self, volume: &VolumeId) -> Option<Vec<u8>> {
        self.0.load(volume)
    }

    fn save(&self, volume: &VolumeId, content: &[u8]) {
        if let Err(error) = self.0.save(volume, content) {
            tracing::warn!(%volume, %error, "what was counted cannot be kept; the next pass counts anew");
        }
    }
}
