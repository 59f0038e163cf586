//! A made-up unit for the demonstration: branches, people with names, how they answer. The same at every run.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use std::fmt::Write;

/// Branches as a roster file: code, name, the one above, kind.
pub(super) const BRANCHES: &[(&str, &str, &str, &str)] = &[
    ("HQ", "滨江区直属机关党委", "", "党委"),
    ("A", "综合党总支", "HQ", "党总支"),
    ("A1", "办公室党支部", "A", "党支部"),
    ("A2", "组织人事党支部", "A", "党支部"),
    ("A3", "宣传文化党支部", "A", "党支部"),
    ("B", "业务党总支", "HQ", "党总支"),
    ("B1", "规划建设党支部", "B", "党支部"),
    ("B2", "财政审计党支部", "B", "党支部"),
    ("B3", "民生服务党支部", "B", "党支部"),
    ("B4", "信息技术党支部", "B", "党支部"),
    ("C1", "离退休干部党支部", "HQ", "党支部"),
    ("C2", "驻村工作队临时党支部", "HQ", "党支部"),
];

/// How many members each branch has, how able they are on average, and how many of a hundred come.
const CREWS: &[(&str, usize, f64, u32)] = &[
    ("A1", 24, 1.3, 100),
    ("A2", 22, 1.6, 100),
    ("A3", 21, 1.0, 95),
    ("B1", 28, 0.7, 93),
    ("B2", 26, 1.1, 96),
    ("B3", 31, 0.5, 90),
    ("B4", 25, 0.9, 92),
    ("C1", 19, 0.6, 84),
    ("C2", 4, 1.5, 100),
];

const FAMILY_NAMES: &str =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎";
const GIVEN_NAMES: &str =
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文海燕春雷晓峰鹏宇晨欣怡浩然子涵思远嘉慧";

/// One made-up member.
pub(super) struct Somebody {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) branch: &'static str,
    /// On the scale on which a question of middling difficulty is answered rightly by two thirds at 0.7.
    pub(super) ability: f64,
    pub(super) comes: bool,
    pub(super) category: &'static str,
}

/// Made-up chance.
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from 0 to 1.
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / f64::from(u32::MAX)
    }

    /// An index below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u32::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.0.next_u32() % bound).unwrap_or_default()
    }

    /// Roughly normal, mean 0 and deviation 1.
    pub(super) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    fn pick(&mut self, characters: &str) -> char {
        let characters: Vec<char> = characters.chars().collect();
        let index = self.below(characters.len());
        characters.get(index).copied().unwrap_or('某')
    }
}

/// A made-up name.
pub(super) fn name(chance: &mut Chance) -> String {
    let mut name = String::from(chance.pick(FAMILY_NAMES));
    name.push(chance.pick(GIVEN_NAMES));
    if chance.below(3) > 0 {
        name.push(chance.pick(GIVEN_NAMES));
    }
    name
}

/// Two hundred members.
pub(super) fn people(chance: &mut Chance) -> Vec<Somebody> {
    let mut people = Vec::new();
    for &(branch, count, mean, comes) in CREWS {
        for _ in 0..count {
            let name = name(chance);
            let category = match (branch, chance.below(12)) {
                ("C1", _) => "离退休党员",
                (_, 0) => "预备党员",
                _ => "正式党员",
            };
            let ability = mean + chance.normal() * 0.7;
            let comes = chance.below(100) < usize::try_from(comes).unwrap_or(100);
            people.push(Somebody {
                login: format!("m{:03}", people.len() + 1),
                name,
                branch,
                ability,
                comes,
                category,
            });
        }
    }
    people
}

/// The roster of branches as CSV.
pub(super) fn branches_csv() -> String {
    let mut csv = String::from("code,name,parent,kind\n");
    for (code, name, parent, kind) in BRANCHES {
        let _ = writeln!(csv, "{code},{name},{parent},{kind}");
    }
    csv
}

/// The roster of people as CSV: the made-up members, and one sign-in per role with this password.
pub(super) fn members_csv(people: &[Somebody], password: &str) -> String {
    let mut csv = String::from("login,name,branch,role,password,category\n");
    for (login, name, branch, role) in [
        ("admin", "管理员", "", "administrator"),
        ("organizer", "组织员 赵敏", "HQ", "organizer"),
        ("committee", "党委 王主任", "HQ", "committee"),
        ("secretary", "支部书记 李强", "B3", "committee"),
    ] {
        let _ = writeln!(csv, "{login},{name},{branch},{role},{password},");
    }
    for (index, somebody) in people.iter().enumerate() {
        let password = if index == 0 { password } else { "" };
        let _ = writeln!(
            csv,
            "{},{},{},member,{password},{}",
            somebody.login, somebody.name, somebody.branch, somebody.category
        );
    }
    csv
}

/// Whether somebody of an ability answers a question of a difficulty rightly, by chance.
pub(super) fn answers_rightly(chance: &mut Chance, ability: f64, difficulty: u8) -> bool {
    let logit = ability * 0.8 - 0.15 - (f64::from(difficulty) - 3.0) * 0.5;
    chance.unit() < 1.0 / (1.0 + (-logit * 1.3).exp())
}
