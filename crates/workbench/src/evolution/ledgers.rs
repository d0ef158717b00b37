//! Counting the traces of volumes, each once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use llmos_core::{
    evolution::{Author, Ledger, Thresholds},
    store::{CommitId, Span, StoreError},
    trace::TraceId,
    volume::{VolumeId, VolumePath},
};

use crate::{Error, Workbench};

/// How many traces are handed from the reader to the counter at a time.
const BATCH: usize = 512;
/// How many volumes' ledgers stay in memory.
const MAX_LEDGERS: usize = 64;

/// Keeps what was counted, per volume. What it loses is counted anew, which takes longer and changes nothing.
pub trait Ledgers: Send + Sync {
    /// Returns what was last kept for a volume.
    fn load(&self, volume: &VolumeId) -> Option<Vec<u8>>;

    /// Keeps this for a volume. A failure is nobody's concern but the next pass's.
    fn save(&self, volume: &VolumeId, content: &[u8]);
}

/// What evolution remembers between passes.
#[derive(Default)]
pub(crate) struct Evolution {
    pub(crate) thresholds: Thresholds,
    /// Held while a pass runs.
    pub(crate) one_pass: Mutex<()>,
    /// Who writes guides in words of their own, where somebody does.
    pub(crate) author: Option<Arc<dyn Author>>,
    kept_in: Option<Arc<dyn Ledgers>>,
    counted: Mutex<HashMap<VolumeId, Arc<Counted>>>,
}

/// A ledger, and the commit up to which it counts.
struct Counted {
    at: CommitId,
    ledger: Ledger,
}

impl Evolution {
    pub(crate) fn keep_in(&mut self, ledgers: Arc<dyn Ledgers>) {
        self.kept_in = Some(ledgers);
    }

    pub(crate) fn set_thresholds(&mut self, thresholds: Thresholds) {
        self.thresholds = thresholds;
    }

    fn load(&self, volume: &VolumeId) -> Option<Arc<Counted>> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = counted.get(volume) {
            return Some(Arc::clone(known));
        }
        let content = self.kept_in.as_ref()?.load(volume)?;
        let end = content.iter().position(|byte| *byte == b'\n')?;
        let at = CommitId(str::from_utf8(&content[..end]).ok()?.to_owned());
        let ledger = Ledger::parse(&content[end + 1..]).ok()?;
        let known = Arc::new(Counted { at, ledger });
        counted.insert(volume.clone(), Arc::clone(&known));
        Some(known)
    }

    fn save(&self, volume: &VolumeId, counted: Counted) -> Arc<Counted> {
        if let Some(ledgers) = &self.kept_in {
            let mut content = format!("{}\n", counted.at).into_bytes();
            content.extend(counted.ledger.print());
            ledgers.save(volume, &content);
        }
        let known = Arc::new(counted);
        let mut all = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_LEDGERS && !all.contains_key(volume) {
            all.clear();
        }
        all.insert(volume.clone(), Arc::clone(&known));
        known
    }
}

impl Workbench {
    /// Counts the traces of some volumes together. Returns the ledger, and how many traces had to be read for it.
    pub(super) fn ledger_of(&self, volumes: &[VolumeId]) -> Result<(Ledger, u64), Error> {
        let mut all = Ledger::default();
        let mut n_new = 0;
        for volume in volumes {
            let (counted, n_read) = match self.count_traces(volume) {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                // The work of the others counts all the same.
                Err(Error::Store { source: StoreError::Damaged { .. } }) if volumes.len() > 1 => {
                    continue;
                }
                Err(error) => return Err(error),
            };
            n_new += n_read;
            all.merge(&counted.ledger);
        }
        Ok((all, n_new))
    }

    /// Counts the traces of a volume that were not counted yet.
    fn count_traces(&self, volume: &VolumeId) -> Result<Option<(Arc<Counted>, u64)>, Error> {
        let Some(head) = self.store.head(volume)? else { return Ok(None) };
        let known = self.evolution.load(volume);
        if let Some(known) = known.as_ref().filter(|known| known.at == head) {
            return Ok(Some((Arc::clone(known), 0)));
        }
        if let Some(known) = known {
            let before = known.ledger.n_traces;
            let more = self.read_traces(volume, Some(&known.at), &head, known.ledger.clone());
            match more {
                Ok((ledger, false)) => {
                    let n_new = ledger.n_traces - before;
                    let counted = Counted { at: head, ledger };
                    return Ok(Some((self.evolution.save(volume, counted), n_new)));
                }
                // Traces are gone or changed, or the commit is: what was counted of them cannot be told apart.
                Ok((_, true)) | Err(StoreError::UnknownObject { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let (ledger, _) = self.read_traces(volume, None, &head, Ledger::default())?;
        let n_new = ledger.n_traces;
        Ok(Some((self.evolution.save(volume, Counted { at: head, ledger }), n_new)))
    }

    /// Reads the traces between two commits, and counts them on another thread meanwhile.
    fn read_traces(
        &self,
        volume: &VolumeId,
        from: Option<&CommitId>,
        to: &CommitId,
        mut ledger: Ledger,
    ) -> Result<(Ledger, bool), StoreError> {
        let path: VolumePath = "traces".parse().expect("because it is one plain name");
        let span = Span { from, to, path: &path };
        thread::scope(|scope| {
            let (send, receive) = mpsc::sync_channel::<Vec<Vec<u8>>>(4);
            let counter = scope.spawn(move || {
                for batch in receive {
                    batch.iter().for_each(|file| ledger.add(file));
                }
                ledger
            });
            let mut batch = Vec::with_capacity(BATCH);
            let is_more = self.store.added(volume, span, &is_trace, &mut |file| {
                batch.push(file);
                if batch.len() == BATCH {
                    // It fails only where the counter panicked, which shows below.
                    let _ = send.send(std::mem::take(&mut batch));
                }
            });
            let _ = send.send(batch);
            drop(send);
            let ledger = counter.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((ledger, is_more?))
        })
    }
}

fn is_trace(name: &str) -> bool {
    name.strip_suffix(".md").is_some_and(|id| id.parse::<TraceId>().is_ok())
}
