use proptest::prelude::*;

use super::*;

fn seen(user: &str, second: i64, success: Option<bool>) -> Seen {
    Seen { user: user.parse().ok(), at: Timestamp::from_second(second).ok(), success }
}

#[test]
fn success_is_measured_and_never_assumed() {
    let evidence: Evidence =
        [seen("ana", 5, Some(true)), seen("bo", 3, None), seen("ana", 9, Some(false))]
            .iter()
            .collect();
    assert_eq!((evidence.count, evidence.success_rate()), (3, Some(0.5)));
    let users: Vec<_> = evidence.users.iter().map(|(user, n)| (user.as_str(), *n)).collect();
    assert_eq!(users, [("ana", 2), ("bo", 1)]);
    let second = |at: Option<Timestamp>| at.map(Timestamp::as_second);
    assert_eq!((second(evidence.first_seen), second(evidence.last_seen)), (Some(3), Some(9)));
    assert_eq!(Evidence::from_iter(&[seen("ana", 1, None)]).success_rate(), None);
    assert_eq!(Evidence::from_iter(&[Seen::default()]).first_seen, None);
}

prop_compose! {
    fn any_seen()(user in prop::option::of("[a-c]"), at in prop::option::of(0..9_i64), success in any::<Option<bool>>()) -> Seen {
        Seen {
            user: user.and_then(|user| user.parse().ok()),
            at: at.and_then(|second| Timestamp::from_second(second).ok()),
            success,
        }
    }
}

proptest! {
    #[test]
    fn parts_counted_apart_add_up(all in prop::collection::vec(any_seen(), 0..12), at in 0..12_usize) {
        let (left, right) = all.split_at(at.min(all.len()));
        let mut sum: Evidence = left.iter().collect();
        sum.merge(&right.iter().collect());
        prop_assert_eq!(sum, all.iter().collect::<Evidence>());
    }
}
