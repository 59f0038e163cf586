//! Charts, drawn here as SVG. Sizes are attributes; colours are classes of the style sheet. What lies below the pass
//! line is solid, what reaches it is light, and the line itself is dashed, so that black and white tells them apart.

use crate::rules::figures::Scale;
use crate::rules::points::{Points, number};
use maud::{Markup, html};
use std::collections::BTreeMap;

const BINS: usize = 20;
const WIDTH: f64 = 200.0;
const HEIGHT: f64 = 26.0;

/// How many lie in each twentieth of the scale; full marks lie in the last.
pub fn bins(scores: &BTreeMap<Points, u64>, full: Points) -> [u64; BINS] {
    let mut bins = [0; BINS];
    for (score, count) in scores {
        let bin = score.hundredths().saturating_mul(20).checked_div(full.hundredths()).unwrap_or_default();
        let bin = usize::try_from(bin).unwrap_or_default().min(BINS - 1);
        if let Some(found) = bins.get_mut(bin) {
            *found += count;
        }
    }
    bins
}

/// A distribution of scores in twenty bins from 0 to 100 percent.
pub fn distribution(scores: &BTreeMap<Points, u64>, scale: Scale, label: &str) -> Markup {
    let bins = bins(scores, scale.full);
    let most = bins.iter().copied().max().unwrap_or_default().max(1);
    let line = scale.pass.number() / 100.0 * WIDTH;
    let unit = WIDTH / 20.0;
    let amount = |count: u64| number(i64::try_from(count).unwrap_or_default());
    html! {
        svg.distribution viewBox="0 0 200 26" width="200" height="26" preserveAspectRatio="none" role="img" aria-label=(label) {
            @for (index, count) in (0_i64..).zip(bins) {
                @if count > 0 {
                    @let left = number(index) * unit;
                    @let height = (amount(count) / amount(most) * (HEIGHT - 3.0)).max(1.5);
                    rect class=(if left + unit <= line + 0.001 { "low" } else { "high" }) x=(format!("{:.1}", left + 1.0)) width="8"
                        y=(format!("{:.1}", HEIGHT - 1.0 - height)) height=(format!("{height:.1}")) {}
                }
            }
            line.base x1="0" x2="200" y1="25.5" y2="25.5" {}
            line.pass x1=(format!("{line:.1}")) x2=(format!("{line:.1}")) y1="0" y2="26" {}
        }
    }
}

/// A bar of a share, solid where it is weak.
pub fn bar(percent: f64, weak: bool) -> Markup {
    html! {
        svg.share viewBox="0 0 100 10" width="100" height="10" preserveAspectRatio="none" aria-hidden="true" {
            rect.ground x="0" y="0" width="100" height="10" {}
            rect class=(if weak { "low" } else { "high" }) x="0" y="0" width=(format!("{:.1}", percent.clamp(0.0, 100.0))) height="10" {}
        }
    }
}

/// Three bars one below the other: the weakest third, the middle, the strongest; solid for a wrong option.
pub fn thirds(percent: [Option<f64>; 3], is_key: bool, label: &str) -> Markup {
    html! {
        svg viewBox="0 0 100 18" width="100" height="18" preserveAspectRatio="none" role="img" aria-label=(label) {
            @for (index, percent) in (0_i64..).zip(percent) {
                @let top = number(index) * 6.0;
                rect.ground x="0" y=(format!("{top:.0}")) width="100" height="5" {}
                rect class=(if is_key { "high" } else { "low" }) x="0" y=(format!("{top:.0}")) width=(format!("{:.1}", percent.unwrap_or_default().clamp(0.0, 100.0))) height="5" {}
            }
        }
    }
}

/// A line of values in percent over tests, from 40 to 100: each row of a table alike, so that rows compare. A dot stands
/// for every value, and the last is larger.
pub fn trend(percent: &[Option<f64>], label: &str) -> Markup {
    let step = 116.0 / number(i64::try_from(percent.len().max(2) - 1).unwrap_or(1));
    let place = |(index, value): (i64, &Option<f64>)| {
        let value = value.as_ref()?.clamp(40.0, 100.0);
        Some((2.0 + number(index) * step, 24.0 - (value - 40.0) / 60.0 * 22.0))
    };
    let places: Vec<(f64, f64)> = (0_i64..).zip(percent).filter_map(place).collect();
    let line: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    html! {
        svg.trend viewBox="0 0 120 26" width="120" height="26" role="img" aria-label=(label) {
            polyline points=(line.join(" ")) {}
            @for (index, (x, y)) in places.iter().enumerate() {
                circle cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r=(if index + 1 == places.len() { "2.5" } else { "1.2" }) {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bins;
    use crate::rules::points::Points;
    use std::collections::BTreeMap;

    #[test]
    fn full_marks_lie_in_the_last_bin() {
        let points = Points::from_hundredths;
        let scores = BTreeMap::from([(points(0), 1), (points(299), 2), (points(300), 4), (points(5000), 8)]);
        let bins = bins(&scores, points(5000));
        assert_eq!((bins[0], bins[1], bins[19]), (1, 6, 8));
    }
}
