//! What people see while packages arrive: a bar on a terminal, lines elsewhere.

use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use llmos_packages::Event;

use crate::out::say;

/// Shows what happens.
pub(super) struct Progress {
    shows: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// With `shows`, draws a bar where there is a terminal.
    pub(super) fn new(shows: bool) -> Self {
        Self { shows, bar: Mutex::default() }
    }

    /// Shows one thing that happened.
    pub(super) fn tell(&self, event: Event) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Fetching { name, from, total } => {
                let new = self.draw(total);
                new.set_message(name);
                new.set_position(from);
                *bar = Some(new);
            }
            Event::Arrived { bytes, .. } => {
                bar.iter().for_each(|bar| bar.inc(bytes));
            }
            Event::Kept { .. } => end(&mut bar),
            Event::Looking { name } => {
                let new = self.draw(None);
                new.set_message(format!("looking for {name}"));
                *bar = Some(new);
            }
            other => {
                end(&mut bar);
                say_of(&other);
            }
        }
    }

    /// Removes the bar.
    pub(super) fn end(&self) {
        end(&mut self.bar.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn draw(&self, total: Option<u64>) -> ProgressBar {
        // Standard error that is no terminal shows nothing of it.
        let target =
            if self.shows { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let template = match total {
            Some(_) => "{wide_msg} {bytes:>10} of {total_bytes:<10} [{bar:20}] {eta:>4}",
            None => "{wide_msg} {bytes:>10}",
        };
        let style =
            ProgressStyle::with_template(template).expect("because the template is constant");
        ProgressBar::with_draw_target(total, target).with_style(style.progress_chars("=> "))
    }
}

/// Says what a person should know of in any case.
pub(super) fn say_of(event: &Event) {
    match event {
        Event::Waiting => say("another `llmos packages` is at work: waiting for it"),
        Event::PassedOver { reason } => say(&format!("warning: passed over: {reason}")),
        Event::Again { reason, tries, .. } => say(&format!("{reason}; attempt {tries}")),
        _ => {}
    }
}

fn end(bar: &mut Option<ProgressBar>) {
    if let Some(bar) = bar.take() {
        bar.finish_and_clear();
    }
}
