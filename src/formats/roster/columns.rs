//! Which column of a sheet means what, told by its heading.

use crate::formats::sheet::SheetRow;
use crate::rules::roster::{SheetKind, SheetProblem, SheetProblemCode};
use crate::rules::text::fold;
use std::collections::HashMap;

/// The rows among which the heading row is looked for.
pub(super) const ROWS_TO_TRY: usize = 20;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is called what it holds")]
pub enum Column {
    Code,
    Name,
    Parent,
    Kind,
    Login,
    Branch,
    Role,
    Password,
    MustChange,
    Category,
    Number,
    Order,
    Active,
}

/// A column and its headings, the surest first: where a sheet has several of them, the surest is read. Folded, without
/// white space, `_`, `-`, `*` and whatever stands in brackets behind; one space between two.
type Synonyms = (Column, &'static str);

/// The headings of a sheet of branches.
pub(super) const BRANCHES: &[Synonyms] = &[
    (
        Column::Code,
        "code branchcode 代码 编码 编号 组织编码 组织代码 组织编号 党组织编码 党组织代码 党组织编号 支部编号 支部代码 支部编码 党支部编号 党支部代码 部门编号 部门代码 \
         部门编码 单位编号 单位代码 单位编码 机构编号 机构代码 机构编码 branchid id number",
    ),
    (
        Column::Parent,
        "parent parentcode parentbranch 上级代码 上级编码 上级编号 上级组织代码 上级组织编码 上级组织编号 上级党组织代码 上级党组织编码 上级党组织编号 父级编码 \
         父级代码 上级 上级组织 上级党组织 上级党组织名称 上级组织名称 上级单位 上级部门 上级机构 上级党委 直属上级 父级 所属党委 所属党总支 所属总支 所属上级 所属组织 所属党组织 隶属 \
         隶属关系 隶属组织 parentname superior under belongsto",
    ),
    (
        Column::Kind,
        "kind type 类别 类型 组织类别 组织类型 党组织类别 党组织类型 机构类型 单位类型 层级 组织层级 级别 性质 level",
    ),
    (
        Column::Name,
        "name branchname 名称 组织名称 党组织名称 支部名称 党支部名称 部门名称 单位名称 机构名称 党组织全称 全称 组织全称 党组织 党支部 支部 组织 单位 部门 机构 \
         branch title unit department",
    ),
];

/// The headings of a sheet of members.
pub(super) const MEMBERS: &[Synonyms] = &[
    (
        Column::Login,
        "login loginname account username userid user 账号 帐号 账户 登录名 登录账号 登录帐号 登陆账号 登陆名 登录 用户名 用户账号 用户帐号 考号 \
         准考证号 工号 员工号 职工号 员工编号 职工编号 人员编号 staffno employeenumber employeeno",
    ),
    (
        Column::Number,
        "number employeenumber employeeno staffno 工号 员工号 职工号 员工编号 职工编号 人员编号 编号 证件号 证件号码 党员编号 学号 警号",
    ),
    (
        Column::Name,
        "name fullname realname displayname 姓名 名字 真实姓名 党员姓名 人员姓名 成员姓名 考生姓名 员工姓名 职工姓名 名称",
    ),
    (
        Column::Branch,
        "branch branchcode 支部代码 支部编号 支部编码 党支部代码 党支部编号 党组织代码 党组织编码 党组织编号 组织代码 组织编码 组织编号 部门代码 部门编号 部门编码 \
         所在支部 所属支部 所在党支部 所属党支部 党支部 支部 党支部名称 支部名称 所在党组织 所属党组织 党组织 党组织名称 所在组织 所属组织 组织 组织名称 branchname 所在部门 \
         所属部门 部门 部门名称 所在单位 所属单位 工作单位 单位 单位名称 unit department dept",
    ),
    (Column::Role, "role 角色 权限 用户角色 系统角色 账号角色"),
    (Column::Password, "password initialpassword 密码 初始密码 登录密码 口令 初始口令"),
    (
        Column::MustChange,
        "mustchange changepassword 首次登录改密 首次登录修改密码 首次登录须改密 首次登录需改密 首次改密 首登改密 须改密 须改密码 必须改密 强制改密 是否改密",
    ),
    (Column::Category, "category 人员类别 党员类别 类别 人员类型 党员类型 政治面貌 身份类别 类型 type kind"),
    (Column::Order, "order 排序 排序号 顺序 顺序号 显示顺序 position 序号 sort no"),
    (Column::Active, "active enabled 在册 是否在册 在册状态 状态 人员状态 党员状态 党籍状态 是否有效 status"),
];

/// What a unit has said of headings that its sheets bear. It counts before any synonym.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Learned(HashMap<String, Option<Column>>);

impl Learned {
    /// Notes what a heading means: a name of [`meanings`], or nothing for a column that isn't read. `false` where there
    /// is no such meaning, or no heading.
    pub fn note(&mut self, heading: &str, meaning: &str) -> bool {
        let key = comparable(heading);
        let column = ALL.into_iter().find(|column| main(*column) == meaning);
        if key.is_empty() || (column.is_none() && !meaning.is_empty()) {
            return false;
        }
        self.0.insert(key, column);
        true
    }

    /// Takes over what another has learned, which then counts.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(heading, column)| (heading.clone(), *column)));
    }

    fn of(&self, heading: &str) -> Option<&Option<Column>> {
        self.0.get(heading)
    }
}

const ALL: [Column; 13] = [
    Column::Login,
    Column::Name,
    Column::Branch,
    Column::Role,
    Column::Password,
    Column::MustChange,
    Column::Category,
    Column::Number,
    Column::Order,
    Column::Active,
    Column::Code,
    Column::Parent,
    Column::Kind,
];

/// What a column of a sheet may mean, by the names that files in English bear.
pub fn meanings(sheet: SheetKind) -> Vec<&'static str> {
    let known = synonyms(sheet);
    ALL.into_iter().filter(|column| known.iter().any(|(one, _)| one == column)).map(main).collect()
}

/// What everybody would take a heading for.
pub fn usual(sheet: SheetKind, heading: &str) -> Option<&'static str> {
    let row = SheetRow { number: 1, cells: vec![heading.to_owned()] };
    Vocabulary::new(sheet, &Learned::default()).understand(&row).meaning(0).map(main)
}

const fn synonyms(sheet: SheetKind) -> &'static [Synonyms] {
    match sheet {
        SheetKind::Branches => BRANCHES,
        SheetKind::Members => MEMBERS,
    }
}

/// How the headings of one kind of sheet are understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vocabulary<'l> {
    synonyms: &'static [Synonyms],
    learned: &'l Learned,
}

impl<'l> Vocabulary<'l> {
    pub(super) const fn new(sheet: SheetKind, learned: &'l Learned) -> Self {
        Self { synonyms: synonyms(sheet), learned }
    }

    /// Gives each meaning its surest column; a column means one thing only.
    pub(super) fn understand(self, row: &SheetRow) -> Header {
        let headings: Vec<String> = row.cells.iter().map(|cell| comparable(cell)).collect();
        let mut columns: Vec<(Column, usize, String)> = Vec::new();
        let mut left_out: Vec<usize> = Vec::new();
        for (index, heading) in headings.iter().enumerate() {
            let is_taken = |column: Column| columns.iter().any(|(known, ..)| *known == column);
            match self.learned.of(heading) {
                Some(Some(column)) if self.synonyms.iter().any(|(one, _)| one == column) && !is_taken(*column) => {
                    columns.push((*column, index, row.cell(index).to_owned()));
                }
                Some(None) => left_out.push(index),
                _ => {}
            }
        }
        for (column, words) in self.synonyms {
            if columns.iter().any(|(known, ..)| known == column) {
                continue;
            }
            let surest = words.split_whitespace().find_map(|word| {
                let free =
                    |index: usize| !left_out.contains(&index) && columns.iter().all(|(_, taken, _)| *taken != index);
                headings.iter().enumerate().position(|(index, heading)| heading == word && free(index))
            });
            if let Some(index) = surest {
                columns.push((*column, index, row.cell(index).to_owned()));
            }
        }
        let is_settled =
            |index: usize| left_out.contains(&index) || columns.iter().any(|(_, taken, _)| *taken == index);
        let unread =
            row.cells.iter().enumerate().filter(|(index, cell)| !is_settled(*index) && !cell.trim().is_empty());
        let ignored = unread.map(|(_, cell)| cell.clone()).collect();
        Header { columns, ignored }
    }
}

/// A heading row, understood.
#[derive(Debug)]
pub(super) struct Header {
    columns: Vec<(Column, usize, String)>,
    ignored: Vec<String>,
}

impl Header {
    /// Headings that mean nothing here.
    pub(super) fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// How many columns mean something.
    pub(super) const fn width(&self) -> usize {
        self.columns.len()
    }

    /// The heading of a column as the sheet has it; empty where there is no such column.
    pub(super) fn heading(&self, column: Column) -> &str {
        self.columns.iter().find(|(known, ..)| *known == column).map(|(.., text)| text.as_str()).unwrap_or_default()
    }

    /// What the column of an index means.
    pub(super) fn meaning(&self, index: usize) -> Option<Column> {
        self.columns.iter().find(|(_, taken, _)| *taken == index).map(|(column, ..)| *column)
    }

    /// Whether the sheet has a column.
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.iter().any(|(known, ..)| *known == column)
    }

    /// The cell of a column, where the sheet has one.
    pub(super) fn cell<'r>(&self, row: &'r SheetRow, column: Column) -> Option<&'r str> {
        let (_, index, _) = self.columns.iter().find(|(known, ..)| *known == column)?;
        Some(row.cell(*index))
    }
}

/// The heading row: of the first rows the one with the most columns that mean something, `needed` among them (any one
/// of each group). Its index and meaning.
pub(super) fn find(
    rows: &[SheetRow],
    vocabulary: Vocabulary<'_>,
    needed: &[&[Column]],
    least: usize,
) -> Result<(usize, Header), SheetProblem> {
    let best = rows
        .iter()
        .take(ROWS_TO_TRY)
        .enumerate()
        .map(|(index, row)| (index, row, vocabulary.understand(row)))
        // Of equals the first is the heading: `max_by_key` would take the last.
        .rev()
        .max_by_key(|(_, _, header)| header.width());
    let names = |groups: &[&[Column]]| {
        let names: Vec<&str> = groups.iter().filter_map(|group| group.first()).map(|one| main(*one)).collect();
        names.join(", ")
    };
    let Some((index, row, header)) = best.filter(|(_, _, header)| header.width() >= least) else {
        return Err(super::whole(SheetProblemCode::NoHeader, &names(needed)));
    };
    let missing: Vec<&[Column]> =
        needed.iter().copied().filter(|group| !group.iter().any(|column| header.has(*column))).collect();
    if !missing.is_empty() && header.width() == 1 {
        // One word that happens to be known is no heading row.
        return Err(super::whole(SheetProblemCode::NoHeader, &names(needed)));
    }
    if !missing.is_empty() {
        return Err(SheetProblem {
            row: row.number,
            ..super::whole(SheetProblemCode::MissingColumn, &names(&missing))
        });
    }
    if let Some(heading) = repeated(row, &header) {
        let problem = super::whole(SheetProblemCode::RepeatedColumn, "");
        return Err(SheetProblem { row: row.number, column: heading.clone(), found: heading, ..problem });
    }
    Ok((index, header))
}

/// What a problem calls a column that isn't there.
pub(super) const fn main(column: Column) -> &'static str {
    match column {
        Column::Code => "code",
        Column::Name => "name",
        Column::Parent => "parent",
        Column::Kind => "kind",
        Column::Login => "login",
        Column::Branch => "branch",
        Column::Role => "role",
        Column::Password => "password",
        Column::MustChange => "must_change",
        Column::Category => "category",
        Column::Number => "number",
        Column::Order => "order",
        Column::Active => "active",
    }
}

/// A heading that is read and stands there twice: nobody could say which column counts.
fn repeated(row: &SheetRow, header: &Header) -> Option<String> {
    header.columns.iter().find_map(|(_, index, text)| {
        let own = comparable(text);
        row.cells.iter().skip(index + 1).any(|other| comparable(other) == own).then(|| text.clone())
    })
}

/// `姓　名*（必填）` → `姓名`
pub(in crate::formats) fn comparable(cell: &str) -> String {
    let folded = fold(cell);
    let words = folded.split(['(', '[', '【']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    words.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '*' | ':' | '.' | '"' | '\'')).collect()
}
