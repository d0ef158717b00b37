//! What a client that pushes hears.

use std::collections::BTreeSet;

use super::Command;
use crate::wire::packet;

/// The answer, as it comes to be.
pub(super) struct Answer {
    reports: bool,
    /// Whether lines for people and the report can share the answer.
    talks: bool,
    unpacked: String,
    lines: Vec<String>,
    /// Each with the reason why it did not move.
    refs: Vec<(String, Option<String>)>,
}

impl Answer {
    pub(super) fn new(capabilities: &BTreeSet<String>, commands: &[Command]) -> Self {
        Self {
            reports: capabilities.contains("report-status"),
            talks: capabilities.contains("side-band-64k"),
            unpacked: "ok".to_owned(),
            lines: Vec::new(),
            refs: commands.iter().map(|command| (command.name.clone(), None)).collect(),
        }
    }

    /// Tells people something; shown as `remote: …`.
    pub(super) fn tell(&mut self, lines: &[String]) {
        self.lines.extend_from_slice(lines);
    }

    pub(super) fn unpack_failed(&mut self, lines: &[String]) {
        self.tell(lines);
        self.unpacked = one_line(lines.first().map_or("it failed", String::as_str));
    }

    pub(super) fn refuse(&mut self, name: &str, reason: &str) {
        for (_, why) in self.refs.iter_mut().filter(|(known, _)| known == name) {
            why.get_or_insert_with(|| one_line(reason));
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        let mut report = Vec::new();
        if self.reports {
            packet::line(&mut report, format!("unpack {}\n", self.unpacked).as_bytes());
            for (name, reason) in &self.refs {
                let text = match reason {
                    None => format!("ok {name}\n"),
                    Some(reason) => format!("ng {name} {reason}\n"),
                };
                packet::line(&mut report, text.as_bytes());
            }
            packet::flush(&mut report);
        }
        if !self.talks {
            return report;
        }
        let mut answer = Vec::new();
        for line in &self.lines {
            packet::band(&mut answer, 2, format!("{line}\n").as_bytes());
        }
        packet::band(&mut answer, 1, &report);
        packet::flush(&mut answer);
        answer
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect()
}
