//! Pages of lists, and the cursors between them.

use llmos_workbench::Page;
use rmcp::{ErrorData, model::PaginatedRequestParams};

/// How many items a page has at most.
pub(crate) const SIZE: usize = 100;

const CURSOR: &str = "from-";

/// Returns how many items come before the page that is asked for.
pub(crate) fn offset(asked: Option<&PaginatedRequestParams>) -> Result<usize, ErrorData> {
    let Some(cursor) = asked.and_then(|asked| asked.cursor.as_deref()) else { return Ok(0) };
    let number = cursor.strip_prefix(CURSOR).filter(|digits| digits.len() <= 9);
    number.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
        let message =
            "the cursor is none of this server; leave it out to begin with the first page";
        ErrorData::invalid_params(message, None)
    })
}

/// Returns the cursor of the next page, if there is one.
pub(crate) fn next(offset: usize, total: usize) -> Option<String> {
    let next = offset.saturating_add(SIZE);
    (next < total).then(|| format!("{CURSOR}{next}"))
}

/// The page of the workbench that begins there.
pub(crate) fn from(offset: usize, limit: usize) -> Page {
    Page { limit, offset }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(cursor: &str) -> Result<usize, ErrorData> {
        offset(Some(&PaginatedRequestParams::default().with_cursor(Some(cursor.to_owned()))))
    }

    #[test]
    fn a_cursor_leads_to_the_next_page_until_there_is_none() {
        assert_eq!(offset(None), Ok(0));
        let second = next(0, 250).expect("there are more");
        assert_eq!(at(&second), Ok(100));
        let third = next(100, 250).expect("there are more");
        assert_eq!(at(&third), Ok(200));
        assert_eq!((next(200, 250), next(0, 100), next(0, 0)), (None, None, None));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let long = format!("from-{}", "9".repeat(10_000));
        for cursor in ["", "100", "from-", "from--1", "from-1e3", "../../x", &long] {
            assert!(at(cursor).is_err(), "{cursor:.60}");
        }
    }
}
