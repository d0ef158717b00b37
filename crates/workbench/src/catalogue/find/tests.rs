use std::collections::BTreeMap;

use llmos_core::{skill, store::BlobId, volume::VolumeId};

use super::*;

/// Skills by id, each as one parsed file.
type Files = BTreeMap<String, Arc<SkillFile>>;

fn file(id: &str, words: &str) -> Arc<SkillFile> {
    let path = format!("skills/{id}.md");
    let text = format!("---\nname: {id}\ndescription: {words}\n---\n{words}\n");
    let skill = skill::check(&path, text.as_bytes()).skill.expect("a skill");
    let blob = BlobId("7".repeat(40));
    Arc::new(SkillFile {
        volume: VolumeId::System,
        path: path.parse().expect("a path"),
        blob,
        skill,
        diagnostics: Vec::new(),
    })
}

fn visible(files: &Files) -> Vec<Visible<SkillFile>> {
    let visible = |file: &Arc<SkillFile>| Visible { file: Arc::clone(file), shadows: Vec::new() };
    files.values().map(visible).collect()
}

/// A number that follows from the one before.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 40).expect("24 bits")
}

#[test]
fn following_many_changes_finds_what_building_anew_finds() {
    const WORDS: [&str; 5] = ["plot", "energy", "table", "filter", "circuit"];
    let mut state = 11;
    let mut files = Files::new();
    let mut finder = Finder::new(&[], &[], None);
    let mut n_followed = 0;
    for round in 0..300 {
        for _ in 0..=next(&mut state) % 3 {
            let id = format!("s{}", next(&mut state) % 40);
            let words = format!("{} {}", WORDS[next(&mut state) % 5], WORDS[next(&mut state) % 5]);
            if next(&mut state).is_multiple_of(4) {
                files.remove(&id);
            } else {
                files.insert(id.clone(), file(&id, &words));
            }
        }
        let skills = visible(&files);
        let followed = Finder::new(&skills, &[], Some(&finder));
        n_followed += usize::from(followed.n_changes > 0);
        let anew = Finder::new(&skills, &[], None);
        for query in WORDS {
            let places = |finder: &Finder| {
                let (total, hits) = finder.find(query, 0, 50, |_| true);
                (
                    total,
                    hits.into_iter().map(|hit| (hit.doc, hit.score.to_bits())).collect::<Vec<_>>(),
                )
            };
            assert_eq!(places(&followed), places(&anew), "round {round}, {query}");
        }
        finder = followed;
    }
    assert!(n_followed > 250, "only {n_followed} of 300 changes were followed");
}

#[test]
fn where_no_room_is_left_between_two_files_it_is_built_anew() {
    let mut files: Files = ["a", "z"].map(|id| (id.to_owned(), file(id, "plot"))).into();
    let mut finder = Finder::new(&visible(&files), &[], None);
    // Always between the last one and `z`.
    for n in 1..=60 {
        let id = format!("m{}", "x".repeat(n));
        files.insert(id.clone(), file(&id, "plot"));
        finder = Finder::new(&visible(&files), &[], Some(&finder));
        let numbers: Vec<usize> = finder.entries.iter().map(|entry| entry.number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        assert_eq!(finder.find("plot", 0, 100, |_| true).0, n + 2);
    }
}
