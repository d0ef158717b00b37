//! Which messages of a session were replaced: somebody edited one and sent it again, so that the
//! conversation went on from there. They stay, are shown apart, and are told to no model.

/// The most stretches of replaced messages in one session.
pub const MAX_REPLACED: usize = 1000;

/// The numbers of replaced messages, as stretches that neither overlap nor touch, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced(Vec<(u64, u64)>);

impl Replaced {
    /// Takes stretches, each from its first to its last number; `None` where they are no such stretches.
    pub fn from_stretches(stretches: Vec<(u64, u64)>) -> Option<Self> {
        let is_one = |(first, last): &(u64, u64)| 0 < *first && first <= last && *last < u64::MAX;
        let sound = stretches.iter().all(is_one)
            && stretches.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0);
        sound.then_some(Self(stretches))
    }

    /// Finds out which of these messages were replaced, given what each of them replaces; they are numbered from 1.
    pub fn of(replaces: impl IntoIterator<Item = Option<u64>>) -> Self {
        let numbered = (1..).zip(replaces);
        numbered.fold(Self::default(), |all, (number, from)| match from {
            Some(from) => all.with(number, from),
            None => all,
        })
    }

    /// Returns the stretches, each from its first to its last number.
    pub fn stretches(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// Returns the stretch that a number lies in, if it lies in one.
    pub fn stretch(&self, number: u64) -> Option<(u64, u64)> {
        self.0.iter().copied().find(|(first, last)| (*first..=*last).contains(&number))
    }

    /// Says whether a message was replaced.
    pub fn has(&self, number: u64) -> bool {
        self.stretch(number).is_some()
    }

    /// Counts those up to a number.
    pub fn count_to(&self, number: u64) -> u64 {
        let reached = self.0.iter().filter(|(first, _)| *first <= number);
        reached.map(|(first, last)| last.min(&number) - first + 1).sum()
    }

    /// What is replaced once message `number`, the newest, takes the place of message `from` and of all after it.
    ///
    /// A message that names itself or a later one takes the place of none.
    #[must_use]
    pub fn with(&self, number: u64, from: u64) -> Self {
        if from == 0 || from >= number {
            return self.clone();
        }
        let mut first = from;
        let mut kept: Vec<(u64, u64)> = Vec::with_capacity(self.0.len() + 1);
        for &(begin, end) in &self.0 {
            if begin < from && end + 1 < from {
                kept.push((begin, end));
            } else {
                first = first.min(begin);
            }
        }
        kept.push((first, number - 1));
        Self(kept)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_takes_the_place_of_what_was_said_from_another_one_on() {
        let all =
            Replaced::of([None, None, None, None, Some(3), None, None, Some(7), None, Some(2)]);
        assert_eq!(all.stretches(), [(2, 9)]);
        let two = Replaced::of([None, None, None, None, Some(3), None, None, Some(7)]);
        assert_eq!(two.stretches(), [(3, 4), (7, 7)]);
        assert_eq!(
            [2, 3, 4, 5, 6, 7, 8].map(|number| two.has(number)),
            [false, true, true, false, false, true, false]
        );
        assert_eq!([0, 2, 3, 6, 7, 9].map(|number| two.count_to(number)), [0, 0, 1, 2, 3, 3]);
        assert_eq!(Replaced::of([None, Some(1), Some(2)]).stretches(), [(1, 2)], "they touch");
        for nonsense in [0, 2, 3, u64::MAX] {
            assert_eq!(Replaced::of([None, Some(nonsense)]), Replaced::default());
        }
    }

    #[test]
    fn stretches_that_are_none_are_refused() {
        for bad in [
            vec![(0, 1)],
            vec![(2, 1)],
            vec![(1, 2), (3, 4)],
            vec![(3, 4), (1, 1)],
            vec![(1, u64::MAX)],
        ] {
            assert_eq!(Replaced::from_stretches(bad.clone()), None, "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_message_was_replaced_where_a_later_one_says_so(says in prop::collection::vec(prop::option::of(0..40_u64), 0..40)) {
            let all = Replaced::of(says.iter().copied());
            let replaced = |number: u64| (1..).zip(&says).any(|(later, from)| {
                later > number && from.is_some_and(|from| 0 < from && from < later && from <= number)
            });
            for number in 1..=says.len() as u64 {
                prop_assert_eq!(all.has(number), replaced(number), "{} of {:?}", number, says);
            }
            prop_assert_eq!(all.count_to(99), (1..=99).filter(|number| all.has(*number)).count() as u64);
            prop_assert_eq!(Replaced::from_stretches(all.stretches().to_vec()), Some(all));
        }
    }
}
