//! From a name to its number, in constant time.

/// A slot that holds nothing.
const FREE: u32 = u32::MAX;

/// Which place a name has in a list. The list itself stays with whoever asks.
///
/// A table of hashes beside numbers, so that a name that is looked up is
/// compared with hardly any other. It cannot be walked, and its hash has no key:
/// no order, no chance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lookup {
    slots: Vec<Slot>,
    /// Whether no name is there twice.
    is_unique: bool,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    number: u32,
}

impl Lookup {
    /// Numbers the names of a list; of equal ones the first counts.
    pub(crate) fn new(names: &[impl AsRef<str>]) -> Self {
        let n_slots = (names.len() * 2).next_power_of_two();
        let slots = vec![Slot { hash: 0, number: FREE }; n_slots];
        let mut lookup = Self { slots, is_unique: true };
        for (number, name) in names.iter().enumerate() {
            let hash = hash(name.as_ref().as_bytes());
            let slot = lookup.find(hash, name.as_ref(), names);
            if lookup.slots[slot].number == FREE {
                lookup.slots[slot] = Slot { hash, number: small(number) };
            } else {
                lookup.is_unique = false;
            }
        }
        lookup
    }

    /// Says whether no name is there twice.
    pub(crate) fn is_unique(&self) -> bool {
        self.is_unique
    }

    /// Returns the number of a name in the list that this was made from.
    pub(crate) fn get(&self, name: &str, names: &[impl AsRef<str>]) -> Option<usize> {
        let slot = self.slots.get(self.find(hash(name.as_bytes()), name, names))?;
        (slot.number != FREE).then_some(slot.number as usize)
    }

    /// Finds the slot of a name, or the free one where it would be.
    fn find(&self, hash: u32, name: &str, names: &[impl AsRef<str>]) -> usize {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while let Some(slot) = self.slots.get(at) {
            let same = || names.get(slot.number as usize).is_some_and(|n| n.as_ref() == name);
            if slot.number == FREE || (slot.hash == hash && same()) {
                break;
            }
            at = (at + 1) & mask;
        }
        at
    }
}

/// Makes a number small enough for tables of many of them.
pub(crate) fn small(number: usize) -> u32 {
    u32::try_from(number).expect("because four thousand million of anything do not fit into memory")
}

/// Mixes bytes, eight at a time: each step spreads every bit over all others.
fn hash(bytes: &[u8]) -> u32 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = ODD ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        let product = u128::from(state ^ u64::from_le_bytes(word)) * u128::from(ODD);
        let [low, high] = [product as u64, (product >> 64) as u64];
        state = low ^ high;
    }
    (state ^ (state >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_the_number_of_the_first_of_its_kind() {
        let names: Vec<String> = (0..5000).map(|n| format!("n{}", n % 4000)).collect();
        let lookup = Lookup::new(&names);
        for n in 0..4000 {
            assert_eq!(lookup.get(&format!("n{n}"), &names), Some(n));
        }
        assert_eq!(lookup.get("n4000", &names), None);
        assert_eq!(lookup.get("", &names), None);
        assert!(!lookup.is_unique() && Lookup::new(&names[..4000]).is_unique());
        let none: [String; 0] = [];
        assert_eq!(Lookup::new(&none).get("a", &none), None);
        assert_eq!(Lookup::default().get("a", &none), None);
    }

    #[test]
    fn like_names_have_hashes_that_are_not_alike() {
        let slots = 1 << 14;
        let mut taken = vec![0_u32; slots];
        for n in 0..slots / 2 {
            taken[hash(format!("node-{n}").as_bytes()) as usize & (slots - 1)] += 1;
        }
        assert!(taken.iter().max() <= Some(&8), "{:?}", taken.iter().max());
    }
}
