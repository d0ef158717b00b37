use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::*;

const LIMITS: Limits = Limits { objects: 100, object_bytes: 1000, total_bytes: 5000, depth: 3 };

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(data).unwrap();
    out.finish().unwrap()
}

fn header(kind: u8, mut size: u64) -> Vec<u8> {
    let mut out = vec![kind << 4 | (size & 15) as u8];
    size >>= 4;
    while size > 0 {
        *out.last_mut().unwrap() |= 0x80;
        out.push((size & 0x7f) as u8);
        size >>= 7;
    }
    out
}

fn size(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

fn blob(len: u64) -> Vec<u8> {
    [header(3, len), deflated(&vec![0; len as usize])].concat()
}

/// A difference of what begins `back` bytes before it, that unfolds into `result` bytes.
fn difference(back: u8, result: u64) -> Vec<u8> {
    let data = [size(10), size(result)].concat();
    [header(6, data.len() as u64), vec![back], deflated(&data)].concat()
}

fn pack(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"PACK\0\0\0\x02".to_vec();
    out.extend_from_slice(&(objects.len() as u32).to_be_bytes());
    objects.iter().for_each(|object| out.extend_from_slice(object));
    out
}

#[track_caller]
fn check(pack: &[u8], want: Result<(u32, u64), &str>) {
    let got = scan(&mut &*pack, LIMITS).map(|found| (found.objects, found.bytes));
    assert_eq!(got.map_err(|err| err.to_string()), want.map_err(str::to_owned));
}

#[test]
fn what_a_pack_unfolds_into_is_counted() {
    check(&pack(&[]), Ok((0, 0)));
    check(&pack(&[blob(10), blob(1000), difference(9, 700)]), Ok((3, 1710)));
}

#[test]
fn what_unfolds_into_too_much_is_refused() {
    let large = "an object of the pack has 1001 bytes, at most 1000 are taken";
    check(&pack(&[blob(1001)]), Err(large));
    check(&pack(&[blob(10), difference(9, 1001)]), Err(large));
    check(&pack(&vec![blob(900); 6]), Err("the pack unfolds into more than 5000 bytes"));
    let many = vec![blob(1); 101];
    check(&pack(&many), Err("the pack holds 101 objects, at most 100 are taken at once"));
    let mut chain = vec![blob(10)];
    for _ in 0..4 {
        let back = chain.last().unwrap().len() as u8;
        chain.push(difference(back, 10));
    }
    let deep = "an object of the pack is a difference of a difference, more than 3 deep";
    check(&pack(&chain), Err(deep));
}

#[test]
fn an_object_that_says_less_than_it_is_is_refused() {
    let lie = [header(3, 10), deflated(&[0; 1 << 20])].concat();
    check(&pack(&[lie]), Err("the pack is broken: an object has another size than it says"));
    for bad in [&b"PACK"[..], b"KCAP\0\0\0\x02\0\0\0\0", b"PACK\0\0\0\x02\0\0\0\x01"] {
        assert!(matches!(scan(&mut &*bad, LIMITS), Err(Refused::Broken { .. })));
    }
    let cut = pack(&[blob(500)]);
    let got = scan(&mut &cut[..cut.len() - 3], LIMITS);
    assert!(matches!(got, Err(Refused::Broken { .. })), "got {got:?}");
}
