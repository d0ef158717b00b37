//! Packs that lie, or that unfold into more than a machine has.

use std::io::Write as _;

use super::Attack;
use crate::folder::git;

type Objects = fn(&Attack) -> (String, Vec<u8>);

/// What is wrong with a pack, how it is made, and why it is refused.
const PACKS: &[(&str, Objects, &str)] = &[
    (
        "a file of 80 MB in 80 kB",
        |a| {
            let blob = a.blob(&vec![0; 80 << 20]);
            let commit = a.named("100644", &blob, b"bomb.md");
            let pack = a.pack(&commit);
            assert!(pack.len() < 1 << 20, "{}", pack.len());
            (commit, pack)
        },
        "an object of the pack has 83886080 bytes, at most 67108864 are taken",
    ),
    (
        "a difference that repeats its base for ever",
        |a| {
            let base = a.blob(&[b'x'; 64 << 10]);
            (base, difference_bomb(1 << 34))
        },
        "an object of the pack has 17179869184 bytes",
    ),
    (
        "folders in folders",
        |a| {
            let blob = a.blob(b"x");
            let mut tree = a.tree(&[("100644", &blob, b"end.md")]);
            for _ in 0..80 {
                tree = a.tree(&[("040000", &tree, b"d")]);
            }
            let commit = a.commit(&tree);
            let pack = a.pack(&commit);
            (commit, pack)
        },
        "folders lie too deep",
    ),
    (
        "a pack that is cut off",
        |a| {
            let commit = a.named("100644", &a.blob(b"x"), b"x.md");
            let pack = a.pack(&commit);
            (commit, pack[..pack.len() - 30].to_vec())
        },
        "the pack is broken",
    ),
    (
        "a pack with another sum",
        |a| {
            let commit = a.named("100644", &a.blob(b"x"), b"x.md");
            let mut pack = a.pack(&commit);
            *pack.last_mut().expect("the test can do so") ^= 1;
            (commit, pack)
        },
        "pack is corrupted",
    ),
    ("no pack at all", |a| (a.named("100644", &a.blob(b"x"), b"x.md"), Vec::new()), "missing"),
    ("no pack but text", |a| (a.main.clone(), b"GET / HTTP/1.1".to_vec()), "the pack is broken"),
    (
        "a file that is not there",
        |a| {
            let commit = a.named("100644", "1111111111111111111111111111111111111111", b"x.md");
            let pack = a.pack(&commit);
            (commit, pack)
        },
        "did not receive expected object",
    ),
    (
        "a commit that is none",
        |a| {
            let text = format!("tree {}\nauthor nobody\n\nno committer\n", a.tree(&[]));
            let arguments = ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"];
            let commit = a.object(&arguments, text.as_bytes());
            (commit.clone(), packed(&[(1, text.as_bytes().to_vec())]))
        },
        "fsck error",
    ),
    (
        "a folder out of order",
        |a| {
            let blob = a.blob(b"one");
            let mut data = Vec::new();
            for name in ["b.md", "a.md"] {
                data.extend_from_slice(format!("100644 {name}\0").as_bytes());
                data.extend_from_slice(&bytes_of(&blob));
            }
            let arguments = ["hash-object", "-t", "tree", "-w", "--literally", "--stdin"];
            let tree = a.object(&arguments, &data);
            let commit = a.commit(&tree);
            let text = git(&a.theirs(), &["cat-file", "commit", &commit]);
            let objects = [(2, data), (3, b"one".to_vec()), (1, format!("{text}\n").into_bytes())];
            (commit, packed(&objects))
        },
        "treeNotSorted",
    ),
];

/// Packs that are broken, lie, or unfold into more than a machine has.
#[test]
fn packs_that_lie_or_unfold_for_ever_are_refused() {
    for (name, objects, reason) in PACKS {
        let attack = Attack::new();
        let (commit, pack) = objects(&attack);
        let said = attack.push("refs/heads/main", &attack.main, &commit, &pack);
        assert!(said.contains(reason), "{name}: {said}");
        attack.assert_unharmed(name);
    }
}

/// What nobody can see before it is unfolded: each difference names the one before it by its id.
#[test]
fn differences_on_top_of_each_other_are_refused_however_they_name_each_other() {
    let attack = Attack::new();
    let said_of = |n: usize| {
        let contents: Vec<Vec<u8>> =
            (0..=n).map(|i| format!("{i:06}{}", "x".repeat(60)).into_bytes()).collect();
        let last = attack.blob(&contents[n]);
        let commit = attack.named("100644", &last, b"deep.md");
        let tree = git(&attack.theirs(), &["rev-parse", &format!("{commit}^{{tree}}")]);
        let tree = attack.raw("tree", &tree);
        let commit_text = attack.raw("commit", &commit);
        let mut objects =
            vec![(1, commit_text), (2, tree), (3, b"one".to_vec()), (3, contents[0].clone())];
        for pair in contents.windows(2) {
            let mut difference = blob_id(&pair[0]);
            let mut data = [number(66), number(66), vec![6]].concat();
            data.extend_from_slice(&pair[1][..6]);
            // Sixty bytes of the base, from its seventh.
            data.extend_from_slice(&[0x91, 6, 60]);
            difference.extend(data);
            objects.push((7, difference));
        }
        attack.push("refs/heads/main", &attack.main, &commit, &packed(&objects))
    };
    let said = said_of(600);
    let reason = "is a difference of a difference, more than 512 deep";
    assert!(said.contains(reason) && said.contains("git repack -adf"), "{said}");
    attack.assert_unharmed("deep");
    let said = said_of(50);
    assert!(said.contains("ok refs/heads/main"), "an ordinary depth is taken: {said}");
}

fn blob_id(content: &[u8]) -> Vec<u8> {
    gix_sum(&[format!("blob {}\0", content.len()).as_bytes(), content].concat())
}

/// Prints a pack of objects; before the data of a difference (7) stands the id of what it is one of.
fn packed(objects: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend_from_slice(&(objects.len() as u32).to_be_bytes());
    for (kind, data) in objects {
        let (base, data) = data.split_at(if *kind == 7 { 20 } else { 0 });
        pack.extend_from_slice(&object_header(*kind, data.len() as u64));
        pack.extend_from_slice(base);
        pack.extend_from_slice(&deflated(data));
    }
    sealed(pack)
}

/// A difference of a few bytes that says that it unfolds into `bytes`.
fn difference_bomb(bytes: u64) -> Vec<u8> {
    let base = vec![b'x'; 64 << 10];
    let mut difference = number(base.len() as u64);
    difference.extend(number(bytes));
    // Copy all of the base, over and over.
    difference.resize(1 << 12, 0x80);
    let mut pack = b"PACK\0\0\0\x02\0\0\0\x02".to_vec();
    let at = pack.len();
    pack.extend_from_slice(&object_header(3, base.len() as u64));
    pack.extend_from_slice(&deflated(&base));
    let back = pack.len() - at;
    pack.extend_from_slice(&object_header(6, difference.len() as u64));
    assert!(back < 128, "one byte says how far back it is");
    pack.push(back as u8);
    pack.extend_from_slice(&deflated(&difference));
    sealed(pack)
}

fn sealed(mut pack: Vec<u8>) -> Vec<u8> {
    let sum = gix_sum(&pack);
    pack.extend_from_slice(&sum);
    pack
}

fn gix_sum(bytes: &[u8]) -> Vec<u8> {
    use sha1::Digest;
    sha1::Sha1::digest(bytes).to_vec()
}

fn object_header(kind: u8, mut size: u64) -> Vec<u8> {
    let mut out = vec![kind << 4 | (size & 15) as u8];
    size >>= 4;
    while size > 0 {
        *out.last_mut().expect("the test can do so") |= 0x80;
        out.push((size & 0x7f) as u8);
        size >>= 7;
    }
    out
}

fn number(mut number: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while number > 0x7f {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
    out
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(data).expect("the test can do so");
    out.finish().expect("the test can do so")
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..20)
        .map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).expect("the test can do so"))
        .collect()
}
