//! "Did you mean …?": the nearest of some names.

/// Names the candidate that is most like `name`, if one is like it at all.
pub(crate) fn hint<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    nearest(name, candidates).map(|found| format!("did you mean `{found}`?"))
}

fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(name);
    let limit = (wanted.len() / 3).clamp(1, 5);
    candidates
        .filter_map(|candidate| {
            let folded = folded(candidate);
            let near = distance(&wanted, &folded, limit);
            let part =
                wanted.len() >= 4 && (contains(&folded, &wanted) || contains(&wanted, &folded));
            near.or(part.then_some(limit + 1)).map(|distance| (distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Case and the kind of separator do not make two names different.
fn folded(name: &str) -> Vec<char> {
    let chars = name.chars().take(100).flat_map(char::to_lowercase);
    chars.map(|c| if matches!(c, '_' | ' ' | '.') { '-' } else { c }).collect()
}

fn contains(long: &[char], short: &[char]) -> bool {
    short.len() >= 4 && long.windows(short.len()).any(|window| window == short)
}

/// Counts the letters to insert, remove, replace or swap with their neighbour, up to `limit`.
fn distance(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i];
        for j in 1..=b.len() {
            let replace = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    Some(row[b.len()]).filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        let names = ["vqe-optimizer", "plot-convergence", "csv-reader", "x"];
        let cases = [
            ("vqe-optimiser", Some("vqe-optimizer")),
            ("vqe_optimizer", Some("vqe-optimizer")),
            ("Plot-Convergence", Some("plot-convergence")),
            ("plot", Some("plot-convergence")),
            ("cvs-reader", Some("csv-reader")),
            ("y", Some("x")),
            ("threejs-cube", None),
            ("", Some("x")),
        ];
        for (name, want) in cases {
            assert_eq!(nearest(name, names.into_iter()), want, "name: {name:?}");
        }
    }
}
