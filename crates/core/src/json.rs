//! What JSON costs before anybody reads it: a few bytes of text can become a hundred times as many in memory.

/// The most that one request or answer may bring into memory, as [`weight`] counts.
///
/// A whole recording of four million numbers is within it.
pub const MAX_WEIGHT: usize = 4_000_000;

/// What an object weighs beside its members: its table and its first names.
const OBJECT: usize = 8;

/// Counts the values in a text of JSON, an object as eight; of a text that is no JSON it says something of the like.
///
/// ```
/// use llmos_core::json::weight;
/// assert_eq!(weight(br#"[1, "a,[{", [2]]"#), 5);
/// assert_eq!(weight(br#"{"a": 0, "b": []}"#), 11);
/// ```
pub fn weight(json: &[u8]) -> usize {
    let mut weight = 1;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b',' | b'[' => weight += 1,
            b'{' => weight += OBJECT,
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => {
                            bytes.next();
                        }
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    weight
}
