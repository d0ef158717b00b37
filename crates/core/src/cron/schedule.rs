//! When a cron is due: a pattern in the usual five fields, read by the clock of
//! a zone. The rules of summer time come with the zone, which is handed in.

use std::fmt;

use croner::parser::{CronParser, Seconds, Year};
use jiff::{Timestamp, tz::TimeZone};

use super::CronId;
use crate::volume::VolumeId;

/// A time zone and its name.
///
/// Where the rules of a zone are found is for the program to know; the core takes them as a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// The zone without summer time, and the one that holds unless somebody names another.
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), rules: TimeZone::UTC }
    }

    /// A zone by its name in the IANA database, such as `Europe/Berlin`, with its rules.
    pub fn new(name: impl Into<String>, rules: TimeZone) -> Self {
        Self { name: name.into(), rules }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// When a cron is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Minute, hour, day of the month, month, day of the week.
    pub pattern: String,
    /// The name of the zone whose clock counts.
    pub zone: String,
}

/// Why a pattern gives no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no schedule: {reason}", pattern = pattern.escape_debug())]
pub struct ScheduleError {
    /// The pattern.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

impl ScheduleError {
    /// Says what to write instead.
    pub fn hint(&self) -> &'static str {
        "write minute, hour, day of the month, month and day of the week, as in `0 3 * * *`"
    }
}

impl Schedule {
    /// The schedule that the cron of this volume has: in the night, one kind after the other, so
    /// that what users learned is there when their team's cron looks at it.
    pub fn usual(id: &CronId, zone: &Zone) -> Self {
        let pattern = match id.volume() {
            VolumeId::User(_) => "0 3 * * *",
            VolumeId::Team(_) => "0 4 * * 1",
            VolumeId::System => "0 5 1 * *",
        };
        Self { pattern: pattern.to_owned(), zone: zone.name.clone() }
    }

    /// Returns the first time after `at` at which it is due, by the clock of `zone`.
    ///
    /// That is also when it is due after a run which ended at `at`, whatever was missed before: one
    /// run makes up for all of them.
    ///
    /// A time that the clock leaves out in spring counts as the moment after the gap; one that
    /// it shows twice in autumn counts once, the first time.
    pub fn next_after(&self, at: Timestamp, zone: &Zone) -> Result<Timestamp, ScheduleError> {
        let next = self.parse()?.find_next_occurrence(&at.to_zoned(zone.rules.clone()), false);
        next.map(|next| next.timestamp()).map_err(|error| self.wrong(&error))
    }

    /// Returns the last time before `at` at which it was due: where a countdown began.
    pub fn last_before(&self, at: Timestamp, zone: &Zone) -> Result<Timestamp, ScheduleError> {
        let last = self.parse()?.find_previous_occurrence(&at.to_zoned(zone.rules.clone()), false);
        last.map(|last| last.timestamp()).map_err(|error| self.wrong(&error))
    }

    /// Says it in words, such as `at 03:00`.
    pub fn phrase(&self) -> String {
        let words = self.parse().map(|cron| cron.describe());
        let words = words.unwrap_or_else(|_| self.pattern.clone());
        words.trim_end_matches('.').to_owned()
    }

    fn parse(&self) -> Result<croner::Cron, ScheduleError> {
        let parser =
            CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        parser.parse(&self.pattern).map_err(|error| self.wrong(&error))
    }

    fn wrong(&self, reason: &dyn fmt::Display) -> ScheduleError {
        let pattern = self.pattern.chars().take(80).collect();
        ScheduleError { pattern, reason: reason.to_string().trim_end_matches('.').to_owned() }
    }
}
