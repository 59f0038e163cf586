//! The words by which sheets say roles, yes and no.

use crate::rules::roster::Role;
use crate::rules::text::fold;

const ROLES: [(Role, &str); 4] = [
    (Role::Member, "member 党员 成员 考生 学员 参加人 参考人员 普通用户 普通成员 普通党员 candidate"),
    (
        Role::Organizer,
        "organizer organiser 组织员 组织者 组织委员 出题人 命题人 命题人员 考务 考务员 考务人员 出题 author",
    ),
    (
        Role::Committee,
        "committee 委员会 党委 党委会 支委 支委会 委员 支部委员 党委委员 书记 支部书记 党委书记 总支书记 副书记 领导 班子成员",
    ),
    (Role::Administrator, "administrator admin 管理员 系统管理员 超级管理员"),
];

const YES: &str = "yes y true t 1 是 对 √ ✓ ✔ 在册 有效 正常 在职 在岗 在籍 在党 启用 active enabled";

const NO: &str = "no n false f 0 否 不 × ✗ x 不在册 无效 停用 禁用 离职 转出 已转出 调出 调离 已调离 去世 已去世 死亡 出党 除名 退党 inactive disabled \
    left";

fn plain(word: &str) -> String {
    fold(word).chars().filter(|c| !c.is_whitespace()).collect()
}

/// The role of a word.
pub(super) fn role(word: &str) -> Option<Role> {
    let word = plain(word);
    ROLES.iter().find(|(_, words)| words.split(' ').any(|one| one == word)).map(|(role, _)| *role)
}

/// Whether a word says yes; `None` where it says neither.
pub(super) fn yes(word: &str) -> Option<bool> {
    let word = plain(word);
    let says = |words: &str| words.split(' ').any(|one| one == word);
    if says(YES) { Some(true) } else { says(NO).then_some(false) }
}

/// The names of all roles, for a problem.
pub(super) fn role_names() -> String {
    Role::ALL.map(Role::name).join(", ")
}
