//! Rules to start from.

use super::{Band, BranchWeights, Combine, Component, Definition, Missing, Points, Selection};
use crate::rules::blueprint::Occasion;
use crate::rules::text::{EachLanguage, Text};

/// Names of the ready rules.
pub const NAMES: [&str; 3] = ["study-and-annual", "monthly-nine-of-twelve", "monthly-quarterly-annual"];

fn text(zh: &str, en: &str) -> Text {
    Text::Each(EachLanguage { zh: Some(zh.to_owned()), en: Some(en.to_owned()) })
}

fn component(title: Text, weight: i64, occasion: Occasion, least: u32) -> Component {
    Component {
        title,
        weight: Points::from_hundredths(weight * 100),
        tests: Selection::Occasion(occasion),
        combine: Combine::Mean,
        best: None,
        least,
        absent: Missing::Zero,
        excused: Missing::Dropped,
    }
}

/// The rules of a name for a year.
pub fn rules(name: &str, year: u32) -> Option<Definition> {
    let monthly = |weight, least| component(text("月度测试", "Monthly tests"), weight, Occasion::Monthly, least);
    let quarterly = |weight| component(text("季度考核", "Quarterly tests"), weight, Occasion::Quarterly, 0);
    let annual = |weight| component(text("年度考试", "Annual test"), weight, Occasion::Annual, 0);
    let components = match name {
        "study-and-annual" => vec![monthly(50, 0), annual(50)],
        "monthly-nine-of-twelve" => vec![monthly(100, 9)],
        "monthly-quarterly-annual" => vec![monthly(30, 0), quarterly(30), annual(40)],
        _ => return None,
    };
    let band = |zh, en, from: i64| Band { title: text(zh, en), from: Points::from_hundredths(from * 100) };
    let line = |percent: i64| Points::from_hundredths(percent * 100);
    Some(Definition {
        year,
        title: text(&format!("{year}年度学习考核"), &format!("Annual study assessment {year}")),
        components,
        bands: vec![
            band("优秀", "Excellent", 90),
            band("良好", "Good", 75),
            band("合格", "Pass", 60),
            band("待提高", "Needs study", 0),
        ],
        pass: line(60),
        excellent: line(90),
        branch: BranchWeights { mean: line(60), participation: line(20), pass: line(10), excellence: line(10) },
        least_members: 5,
        commend: None,
        help: None,
    })
}
