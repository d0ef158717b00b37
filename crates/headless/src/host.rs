//! The Node.js process that runs nodes.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use llmos_api::skill::ExecutableSkill;

use crate::{
    bundle::Bundle,
    drive::{RunHost, Signal},
    frame,
    gpu::Gpu,
    message::{Notice, PROTOCOL, PackageSupply, Request},
    node::Node,
    wall::Wall,
};

/// How long Node.js may take to say that it is there.
const START: Duration = Duration::from_secs(30);

/// How much of what it says on standard error is kept.
const MAX_TALK: usize = 64 << 10;

/// What a host is made from.
#[derive(Clone, Debug)]
pub struct HostSettings {
    /// The Node.js to use.
    pub node: Node,
    /// The files that it reads.
    pub bundle: Bundle,
    /// The program that knows [`crate::wall::COMMAND`]: this one.
    pub launcher: PathBuf,
    /// The graphics processor, for runs that have a use for it.
    pub gpu: Option<Gpu>,
}

/// Why the host does not go on.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// It did not start.
    #[error("Node.js does not start: {reason}{talk}")]
    NotStarted {
        /// Why.
        reason: String,
        /// What it said, on lines of its own.
        talk: String,
    },
    /// It ended in the middle of a run.
    #[error("Node.js ended before the run did ({status}){talk}")]
    Ended {
        /// How.
        status: String,
        /// What it said, on lines of its own.
        talk: String,
    },
    /// It said what nobody understands.
    #[error("Node.js answered what cannot be read: {reason}")]
    Unreadable {
        /// What is wrong with it.
        reason: String,
    },
    /// The engine refused what it said.
    #[error("Node.js told of what cannot be: {reason}")]
    Refused {
        /// What the engine said.
        reason: String,
    },
}

impl HostError {
    /// Says what to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotStarted { .. } => "run `llmos doctor`: it says what is missing",
            Self::Ended { .. } => {
                "give the nodes less to do at a time; a node that needs much memory may have taken all of it"
            }
            Self::Unreadable { .. } | Self::Refused { .. } => {
                "run it again; if it stays, please report it"
            }
        }
    }
}

/// A running Node.js. It is killed when this is dropped.
pub struct NodeHost {
    child: Child,
    /// Closed to ask it to end.
    to: Option<ChildStdin>,
    from: Receiver<Signal>,
    sender: Sender<Signal>,
    talk: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    versions: BTreeMap<String, String>,
}

/// Cancels a run from elsewhere.
#[derive(Clone)]
pub struct Canceller(Sender<Signal>);

impl Canceller {
    /// Asks for the end of the run.
    pub fn cancel(&self) {
        // Nobody listens when it is over already.
        let _ = self.0.send(Signal::Cancel);
    }
}

impl NodeHost {
    /// Starts Node.js behind its wall and waits until it is there.
    pub fn start(settings: &HostSettings) -> Result<Self, HostError> {
        let HostSettings { node, bundle, launcher, gpu } = settings;
        let mut args = node.flags(&bundle.folder, gpu.as_ref().and_then(Gpu::package));
        args.push(bundle.main().display().to_string());
        args.extend(gpu.as_ref().map(Gpu::told));
        let mut wall = wall(node, &bundle.folder);
        if let Some(gpu) = gpu {
            gpu.open(&mut wall);
        }
        let mut command = wall.command(launcher, &node.program, &args);
        command
            .current_dir(&bundle.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Ctrl-C at the terminal is for the command; it tells the host what to do.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let not_started = |error: io::Error| HostError::NotStarted {
            reason: error.to_string(),
            talk: String::new(),
        };
        let mut child = command.spawn().map_err(not_started)?;
        let (sender, from) = channel();
        let talk = Arc::new(Mutex::new(String::new()));
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let sender = sender.clone();
            readers.push(std::thread::spawn(move || listen(stdout, &sender)));
        }
        if let Some(stderr) = child.stderr.take() {
            let talk = Arc::clone(&talk);
            readers.push(std::thread::spawn(move || overhear(stderr, &talk)));
        }
        let to = child.stdin.take();
        let mut host = Self { child, to, from, sender, talk, readers, versions: BTreeMap::new() };
        host.versions = host.greeted()?;
        Ok(host)
    }

    /// Returns the versions of the runtimes by skill type.
    pub fn runtime_versions(&self) -> &BTreeMap<String, String> {
        &self.versions
    }

    /// Returns a way to cancel the run from elsewhere.
    pub fn canceller(&self) -> Canceller {
        Canceller(self.sender.clone())
    }

    /// Hands over the skills of the run with their packages; their runtimes begin to load.
    pub fn send_skills(
        &mut self,
        skills: &BTreeMap<String, ExecutableSkill>,
        packages: &PackageSupply,
    ) -> Result<(), HostError> {
        self.send(&Request::Skills { skills, packages })
    }

    fn greeted(&mut self) -> Result<BTreeMap<String, String>, HostError> {
        let not_started = |host: &mut Self, reason: String| {
            let _ = host.child.kill();
            let _ = host.child.wait();
            HostError::NotStarted { reason, talk: host.heard() }
        };
        match self.from.recv_timeout(START) {
            Ok(Signal::Notice(notice)) => match *notice {
                Notice::Hello { protocol: PROTOCOL, runtime_versions, .. } => Ok(runtime_versions),
                _ => Err(not_started(self, "its files are of another version".to_owned())),
            },
            Ok(Signal::Cancel) => Err(not_started(self, "cancelled".to_owned())),
            Ok(Signal::Unreadable(reason)) => Err(not_started(self, reason)),
            Ok(Signal::Ended) => {
                let status = self.status();
                Err(not_started(self, status))
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                Err(not_started(self, format!("it was silent for {} s", START.as_secs())))
            }
        }
    }

    fn status(&mut self) -> String {
        self.child.wait().map_or_else(|error| error.to_string(), describe)
    }

    /// What it said on standard error, to be put behind a message.
    fn heard(&mut self) -> String {
        // All is said once the process is gone.
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
        let talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        let talk = talk.trim();
        if talk.is_empty() { String::new() } else { format!("\n{talk}") }
    }
}

impl RunHost for NodeHost {
    fn send(&mut self, request: &Request<'_>) -> Result<(), HostError> {
        let json = serde_json::to_vec(request).expect("because requests are plain data");
        let sent = self.to.as_mut().map_or(Ok(()), |to| frame::write(to, &json));
        match sent {
            Ok(()) => Ok(()),
            Err(_) => {
                let status = self.status();
                Err(HostError::Ended { status, talk: self.heard() })
            }
        }
    }

    fn next(&mut self) -> Result<Signal, HostError> {
        match self.from.recv() {
            Ok(Signal::Ended) | Err(_) => {
                let status = self.status();
                Err(HostError::Ended { status, talk: self.heard() })
            }
            Ok(Signal::Unreadable(reason)) => Err(HostError::Unreadable { reason }),
            Ok(signal) => Ok(signal),
        }
    }
}

impl Drop for NodeHost {
    fn drop(&mut self) {
        // It ends by itself when its input does; skill code may keep it from that.
        drop(self.to.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What Node.js keeps: the files of the bundle and those that it is made of.
fn wall(node: &Node, bundle: &Path) -> Wall {
    let mut execute = vec![node.program.clone()];
    execute.extend(LOADERS.iter().map(PathBuf::from));
    let mut read = vec![bundle.to_owned()];
    read.extend(LIBRARIES.iter().map(PathBuf::from));
    // A Node.js of its own folder may bring libraries.
    read.extend(node.program.parent().and_then(Path::parent).map(|prefix| prefix.join("lib")));
    Wall { read, execute, ..Wall::default() }
}

/// What starts programs that use shared libraries.
pub(crate) const LOADERS: &[&str] = &[
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
    "/nix/store",
];

/// Where shared libraries and what describes the machine lie; nothing of a person's.
pub(crate) const LIBRARIES: &[&str] = &[
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/dev/null",
    "/dev/urandom",
    "/proc/meminfo",
    "/proc/cpuinfo",
    "/proc/self/stat",
    "/proc/self/statm",
    "/proc/self/maps",
    "/sys/devices/system/cpu",
];

fn listen(mut from: impl Read, to: &Sender<Signal>) {
    let last = loop {
        let json = match frame::read(&mut from) {
            Ok(Some(json)) => json,
            Ok(None) => break Signal::Ended,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break Signal::Ended,
            Err(error) => break Signal::Unreadable(error.to_string()),
        };
        match serde_json::from_slice::<Notice>(&json) {
            Ok(notice) => {
                // Nobody listens when the run is over.
                if to.send(Signal::Notice(Box::new(notice))).is_err() {
                    return;
                }
            }
            Err(error) => break Signal::Unreadable(error.to_string()),
        }
    };
    let _ = to.send(last);
}

fn overhear(mut from: impl Read, talk: &Mutex<String>) {
    let mut piece = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut piece) {
        let mut kept = talk.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < MAX_TALK {
            kept.push_str(&String::from_utf8_lossy(&piece[..n]));
        }
    }
}

fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("signal {signal}");
    }
    status.code().map_or_else(|| status.to_string(), |code| format!("exit code {code}"))
}
