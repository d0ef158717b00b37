//! Putting large values back into a trace, as far as memory allows: a short file
//! can name one value a thousand times.

use std::collections::BTreeMap;

use llmos_core::{json, trace::TraceId};
use serde_json::{Value, json as value};

use crate::Error;

/// How many bytes of JSON are put back at most: more than a trace can be kept with.
const MAX_BYTES: usize = 96 << 20;

/// What may still be put back, and what was.
pub(super) struct Inside {
    bytes: usize,
    weight: usize,
    /// By hash; `None` where it does not fit.
    known: BTreeMap<String, Option<Known>>,
    left_out: BTreeMap<String, u64>,
}

struct Known {
    value: Value,
    bytes: usize,
    weight: usize,
}

impl Inside {
    pub(super) fn new() -> Self {
        Self::within(MAX_BYTES, json::MAX_WEIGHT)
    }

    fn within(bytes: usize, weight: usize) -> Self {
        Self { bytes, weight, known: BTreeMap::new(), left_out: BTreeMap::new() }
    }

    /// Returns the value, or what says where it lies. `load` brings its JSON, once for each hash.
    pub(super) fn put(
        &mut self,
        (sha256, said_bytes): (&str, u64),
        load: impl FnOnce() -> Result<Vec<u8>, Error>,
        broken: impl FnOnce() -> Error,
    ) -> Result<Value, Error> {
        if !self.known.contains_key(sha256) {
            let is_too_long = usize::try_from(said_bytes).is_ok_and(|said| said > self.bytes);
            let known = if is_too_long { None } else { self.read(&load()?, broken)? };
            self.known.insert(sha256.to_owned(), known);
        }
        match self.known.get(sha256).and_then(Option::as_ref) {
            Some(known) if known.bytes <= self.bytes && known.weight <= self.weight => {
                self.bytes -= known.bytes;
                self.weight -= known.weight;
                Ok(known.value.clone())
            }
            _ => {
                self.left_out.insert(sha256.to_owned(), said_bytes);
                Ok(stand_in(sha256, said_bytes))
            }
        }
    }

    fn read(&self, bytes: &[u8], broken: impl FnOnce() -> Error) -> Result<Option<Known>, Error> {
        let weight = json::weight(bytes);
        if bytes.len() > self.bytes || weight > self.weight {
            return Ok(None);
        }
        let value = serde_json::from_slice(bytes).map_err(|_not_json| broken())?;
        Ok(Some(Known { value, bytes: bytes.len(), weight }))
    }

    /// Says what was left out.
    pub(super) fn note(&self, id: &TraceId) -> Option<String> {
        let n = self.left_out.len();
        let (these, lie) = if n == 1 { ("large value", "lies") } else { ("large values", "lie") };
        (n > 0).then(|| {
            format!(
                "{n} {these} would be too much at once and {lie} beside the trace, as `values=beside` leaves them: \
                 read each with `GET /traces/{id}/values/<sha256>`"
            )
        })
    }
}

/// What stands in a report for a value that lies beside its trace.
pub(super) fn stand_in(sha256: &str, bytes: u64) -> Value {
    value!({"$ref": format!("sha256:{sha256}"), "bytes": bytes})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken() -> Error {
        Error::MissingField { field: "x", hint: "x" }
    }

    fn id() -> TraceId {
        "run-20261120-153000-0a1b2c3d".parse().expect("it is an id")
    }

    #[test]
    fn a_value_that_is_named_a_thousand_times_is_loaded_once_and_put_back_while_there_is_room() {
        let mut inside = Inside::within(35, 1_000);
        let mut n_loaded = 0;
        let json = br#"[1,2,3]   "#;
        for n in 0..1_000 {
            let load = || {
                n_loaded += 1;
                Ok(json.to_vec())
            };
            let got = inside.put(("aa", 10), load, broken).expect("it is there");
            let want = if n < 3 { value!([1, 2, 3]) } else { stand_in("aa", 10) };
            assert_eq!(got, want, "{n}");
        }
        assert_eq!(n_loaded, 1);
        let note = inside.note(&id()).expect("something is left out");
        assert!(note.starts_with("1 large value would be too much at once"), "{note}");
    }

    #[test]
    fn what_is_too_much_is_known_before_it_is_loaded_or_at_least_before_it_is_read() {
        let mut inside = Inside::within(35, 10);
        let never = || panic!("it is not loaded");
        assert_eq!(inside.put(("aa", 36), never, broken).expect("a place"), stand_in("aa", 36));
        for (sha256, json) in [("bb", vec![b' '; 36]), ("cc", b"[{},{},no json".to_vec())] {
            let got = inside.put((sha256, 5), || Ok(json), broken).expect("a place");
            assert_eq!(got, stand_in(sha256, 5));
        }
        assert!(inside.put(("dd", 1), || Ok(b"]".to_vec()), broken).is_err());
        assert_eq!(inside.put(("ee", 2), || Ok(b"7".to_vec()), broken).expect("it fits"), 7);
        let note = inside.note(&id()).expect("something is left out");
        assert!(note.starts_with("3 large values"), "{note}");
        assert_eq!(Inside::new().note(&id()), None);
    }
}
