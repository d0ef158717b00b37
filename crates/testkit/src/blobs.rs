//! What every [`Blobs`] promises, one function for each promise.
//!
//! An adapter joins with one line, [`blobs_tests!`](crate::blobs_tests).

use std::{
    io::{self, Cursor, Read},
    ops::Range,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use jiff::Timestamp;
use llmos_core::{
    blob::{BlobHash, Blobs, BlobsError, KeptBlob, Upload},
    volume::VolumeId,
};

/// Makes one test of each promise of [`Blobs`].
///
/// `$fresh` is a function that returns something that dereferences to a place without blobs.
#[macro_export]
macro_rules! blobs_tests {
    ($fresh:expr) => {
        $crate::blobs_tests!(
            $fresh;
            a_content_comes_back_as_it_was_put,
            a_large_content_comes_in_pieces,
            a_part_is_given_without_the_rest,
            no_volume_has_the_blobs_of_another,
            what_is_put_again_is_kept_once_and_counts_as_new,
            more_than_the_limit_is_not_kept,
            what_is_cut_off_is_not_kept,
            only_what_is_old_is_removed,
            what_is_not_there_is_not_found,
            blobs_are_listed_by_volume,
            whoever_puts_while_another_removes_has_it_afterwards,
        );
    };
    ($fresh:expr; $($promise:ident),* $(,)?) => {
        $(
            #[test]
            fn $promise() {
                let blobs = $fresh();
                $crate::blobs::$promise(&*blobs);
            }
        )*
    };
}

const LIMIT: u64 = 64 << 20;

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_790_000_000 + seconds, 123_000_000)
        .expect("because it is a year of this century")
}

fn volume(text: &str) -> VolumeId {
    text.parse().expect("because the tests write valid volumes")
}

fn ana() -> VolumeId {
    volume("user/ana")
}

#[track_caller]
fn put(blobs: &impl Blobs, to: &VolumeId, content: &[u8], seconds: i64) -> KeptBlob {
    let upload = Upload { volume: to, limit: LIMIT, now: &|| at(seconds) };
    blobs.put(upload, &mut Cursor::new(content)).expect("it is kept")
}

#[track_caller]
fn read(
    blobs: &impl Blobs,
    of: &VolumeId,
    hash: &BlobHash,
    part: Option<Range<u64>>,
) -> Option<(u64, Vec<u8>)> {
    let mut open = blobs.open(of, hash, part).expect("it answers")?;
    let mut content = Vec::new();
    open.content.read_to_end(&mut content).expect("it is whole");
    Some((open.size, content))
}

#[track_caller]
fn listed(blobs: &impl Blobs, of: &VolumeId) -> Vec<KeptBlob> {
    let mut found = Vec::new();
    blobs.list(of, &mut |kept| found.push(kept)).expect("it answers");
    found.sort_by_key(|kept| kept.hash);
    found
}

/// Bytes that no packing makes short.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(len).collect()
}

/// Whatever the bytes are, also none.
pub fn a_content_comes_back_as_it_was_put(blobs: &impl Blobs) {
    for (n, content) in
        [&b""[..], b"x", b"a,b\n1,2\n", &[0, 255, 10, 13], &noise(200_000)].into_iter().enumerate()
    {
        let seconds = i64::try_from(n).expect("there are few");
        let kept = put(blobs, &ana(), content, seconds);
        let size = content.len() as u64;
        assert_eq!(kept, KeptBlob { hash: BlobHash::of(content), size, kept_at: at(seconds) });
        assert_eq!(blobs.find(&ana(), &kept.hash).expect("it answers"), Some(kept.clone()));
        assert_eq!(read(blobs, &ana(), &kept.hash, None), Some((size, content.to_vec())));
    }
}

/// More than is sent or kept in memory at once.
pub fn a_large_content_comes_in_pieces(blobs: &impl Blobs) {
    let content = noise((17 << 20) + 5);
    let kept = put(blobs, &ana(), &content, 0);
    let (size, got) = read(blobs, &ana(), &kept.hash, None).expect("it is there");
    assert_eq!(size, content.len() as u64);
    assert!(got == content, "it is another content");
}

/// A part may begin or end beyond what is there.
pub fn a_part_is_given_without_the_rest(blobs: &impl Blobs) {
    let content = noise(100_000);
    let hash = put(blobs, &ana(), &content, 0).hash;
    for part in [0..1, 0..100_000, 99_999..100_000, 500..70_000, 99_990..200_000] {
        let here = &content[usize::try_from(part.start).expect("it is small")..];
        let here =
            &here[..here.len().min(usize::try_from(part.end - part.start).expect("it is small"))];
        assert_eq!(read(blobs, &ana(), &hash, Some(part)), Some((100_000, here.to_vec())));
    }
    for part in [100_000..100_001, 5..5, 200_000..300_000] {
        assert_eq!(read(blobs, &ana(), &hash, Some(part)), Some((100_000, Vec::new())));
    }
}

/// Whoever knows a hash has nothing of it.
pub fn no_volume_has_the_blobs_of_another(blobs: &impl Blobs) {
    let hash = put(blobs, &ana(), b"hers", 0).hash;
    for other in ["user/an", "user/ana-2", "team/ana", "system"] {
        let other = volume(other);
        assert_eq!(blobs.find(&other, &hash).expect("it answers"), None);
        assert_eq!(read(blobs, &other, &hash, None), None);
        assert_eq!(listed(blobs, &other), []);
        assert!(!blobs.remove(&other, &hash, at(100)).expect("it answers"));
    }
    assert_eq!(read(blobs, &ana(), &hash, None), Some((4, b"hers".to_vec())));
}

/// Putting it again makes it young.
pub fn what_is_put_again_is_kept_once_and_counts_as_new(blobs: &impl Blobs) {
    let first = put(blobs, &ana(), b"again", 0);
    let second = put(blobs, &ana(), b"again", 60);
    assert_eq!((first.hash, second.kept_at), (second.hash, at(60)));
    assert_eq!(listed(blobs, &ana()), [second]);
    assert!(!blobs.remove(&ana(), &first.hash, at(60)).expect("it answers"));
    assert_eq!(read(blobs, &ana(), &first.hash, None), Some((5, b"again".to_vec())));
}

/// One byte too many is too much, and nothing of it stays.
pub fn more_than_the_limit_is_not_kept(blobs: &impl Blobs) {
    let content = noise(100_001);
    for (limit, fits) in [(100_001, true), (100_000, false), (0, false)] {
        let upload = Upload { volume: &ana(), limit, now: &|| at(0) };
        match blobs.put(upload, &mut Cursor::new(&content)) {
            Ok(kept) => {
                assert!(fits, "{limit}");
                assert!(blobs.remove(&ana(), &kept.hash, at(1)).expect("it answers"));
            }
            Err(BlobsError::TooLarge { limit: said }) => assert_eq!((fits, said), (false, limit)),
            Err(error) => panic!("{error:?}"),
        }
        assert_eq!(listed(blobs, &ana()), []);
    }
}

struct CutOff<'a>(&'a [u8]);

impl Read for CutOff<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.0.read(into) {
            Ok(0) => Err(io::ErrorKind::ConnectionReset.into()),
            read => read,
        }
    }
}

/// Half of a content is none.
pub fn what_is_cut_off_is_not_kept(blobs: &impl Blobs) {
    let content = noise(100_000);
    let upload = Upload { volume: &ana(), limit: LIMIT, now: &|| at(0) };
    let cut = blobs.put(upload, &mut CutOff(&content)).expect_err("it was cut off");
    assert!(matches!(cut, BlobsError::Cut { .. }), "{cut:?}");
    assert_eq!(listed(blobs, &ana()), []);
}

/// The age counts to the millisecond.
pub fn only_what_is_old_is_removed(blobs: &impl Blobs) {
    let hash = put(blobs, &ana(), b"old", 0).hash;
    assert!(!blobs.remove(&ana(), &hash, at(0)).expect("it answers"), "it is not older than that");
    let later = at(0).checked_add(jiff::SignedDuration::from_millis(1)).expect("it is near");
    assert!(blobs.remove(&ana(), &hash, later).expect("it answers"));
    assert!(!blobs.remove(&ana(), &hash, later).expect("it answers"), "it is gone");
    assert_eq!(read(blobs, &ana(), &hash, None), None);
    assert_eq!(listed(blobs, &ana()), []);
    assert_eq!(blobs.volumes().expect("it answers"), []);
}

/// A hash alone is nothing.
pub fn what_is_not_there_is_not_found(blobs: &impl Blobs) {
    let hash = BlobHash::of(b"nowhere");
    assert_eq!(blobs.find(&ana(), &hash).expect("it answers"), None);
    assert_eq!(read(blobs, &ana(), &hash, None), None);
    assert_eq!(read(blobs, &ana(), &hash, Some(0..5)), None);
    assert_eq!(listed(blobs, &ana()), []);
    assert!(!blobs.remove(&ana(), &hash, at(0)).expect("it answers"));
    assert_eq!(blobs.volumes().expect("it answers"), []);
}

/// Each once, with what is known of it.
pub fn blobs_are_listed_by_volume(blobs: &impl Blobs) {
    let mut want = Vec::new();
    for n in 0..12 {
        want.push(put(blobs, &ana(), format!("blob {n}").as_bytes(), n));
    }
    put(blobs, &volume("team/atlas"), b"blob 1", 5);
    put(blobs, &VolumeId::System, b"blob 2", 5);
    want.sort_by_key(|kept| kept.hash);
    assert_eq!(listed(blobs, &ana()), want);
    let volumes = blobs.volumes().expect("it answers");
    assert_eq!(volumes, [VolumeId::System, volume("team/atlas"), ana()]);
}

/// A removal that looked before a put does not take away what was put.
pub fn whoever_puts_while_another_removes_has_it_afterwards(blobs: &impl Blobs) {
    let n_lost = AtomicUsize::new(0);
    for round in 0..12 {
        let content = format!("round {round}");
        let hash = put(blobs, &ana(), content.as_bytes(), 0).hash;
        let both = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                both.wait();
                put(blobs, &ana(), content.as_bytes(), 1000);
            });
            scope.spawn(|| {
                both.wait();
                blobs.remove(&ana(), &hash, at(500)).expect("it answers");
            });
        });
        if read(blobs, &ana(), &hash, None).is_none() {
            n_lost.fetch_add(1, Ordering::Relaxed);
        }
    }
    assert_eq!(n_lost.into_inner(), 0, "so many were lost");
}
