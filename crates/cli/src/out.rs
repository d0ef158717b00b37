//! Writing: data to standard output, talk to standard error.
//!
//! A reader that closes the pipe early (`llmos … | head`) ends the command
//! quietly: nobody is left to tell.

use std::{
    fmt::Display,
    io::{self, BufWriter, StdoutLock, Write},
    ops::ControlFlow,
};

use serde::Serialize;

use crate::failure::{Failure, FailureKind};

/// Standard output.
pub(crate) struct Out {
    to: BufWriter<StdoutLock<'static>>,
}

/// Whether anybody still reads.
pub(crate) type Heard = Result<ControlFlow<()>, Failure>;

impl Out {
    pub(crate) fn new() -> Self {
        Self { to: BufWriter::new(io::stdout().lock()) }
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, text: &dyn Display) -> Heard {
        heard(writeln!(self.to, "{text}"))
    }

    /// Writes a value as one line of JSON.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Heard {
        let json = serde_json::to_string(value).expect("because the value is plain data");
        self.line(&json)
    }

    /// Hands over what was held back.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        heard(self.to.flush()).map(|_| ())
    }
}

/// Says something to the person, and goes on when nobody listens.
pub(crate) fn say(text: &str) {
    // There is nowhere left to report to when standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

fn heard(result: io::Result<()>) -> Heard {
    match result {
        Ok(()) => Ok(ControlFlow::Continue(())),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
        Err(error) => Err(Failure::new(
            FailureKind::Internal,
            format!("cannot write to standard output: {error}"),
            "check where the output goes",
        )),
    }
}
