use super::{read_branches, read_members};
use crate::rules::roster::{MemberRow, Role, SheetProblem};
use proptest::prelude::{any, proptest};
use rust_xlsxwriter::{Format, Workbook};

fn lines(problems: &[SheetProblem]) -> Vec<String> {
    let line = |p: &SheetProblem| format!("{} {} {:?} {} | {}", p.row, p.column, p.code, p.found, p.expected);
    problems.iter().map(line).collect()
}

fn member_problems(sheet: &str) -> Vec<String> {
    lines(&read_members(sheet.as_bytes()).unwrap_err())
}

fn branch_problems(sheet: &str) -> Vec<String> {
    lines(&read_branches(sheet.as_bytes()).unwrap_err())
}

#[test]
fn the_contract_s_own_sheets_are_read() {
    let branches =
        read_branches("code,name,parent,kind\nHQ,机关 党委,,党委\nB1,First branch,HQ,支部\n".as_bytes()).unwrap();
    assert_eq!((&*branches[0].code, &*branches[0].name, &branches[0].parent), ("HQ", "机关党委", &None));
    assert_eq!(
        (branches[1].row, branches[1].parent.as_deref(), branches[1].kind.as_deref()),
        (3, Some("HQ"), Some("支部"))
    );
    let members = read_members(
        "login,name,branch,role,password,must_change,category,number,order,active\n\
         zhang,张 三,B1,member,12345678,yes,正式党员,0017,2,yes\n\
         zhang,张三,HQ,organizer,,,,,,\n\
         root,Root,,administrator,,,,,,\n\
         li,李四,B1,,,,,,,no\n"
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(members.len(), 4);
    let first = MemberRow {
        row: 2,
        login: Some("zhang".into()),
        name: "张三".into(),
        branch: Some("B1".into()),
        role: Role::Member,
        password: Some("12345678".into()),
        must_change: true,
        category: Some("正式党员".into()),
        number: Some("0017".into()),
        order: Some(2),
        active: true,
    };
    assert_eq!(members[0], first);
    assert_eq!((members[1].role, members[1].must_change, &members[1].password), (Role::Organizer, false, &None));
    assert_eq!((members[2].role, &members[2].branch), (Role::Administrator, &None));
    assert_eq!((members[3].role, members[3].active), (Role::Member, false));
}

#[test]
fn an_office_s_own_sheet_is_read_as_it_is() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write(0, 0, "填表说明：请勿改动表头").unwrap();
    let sheet = workbook.add_worksheet();
    sheet.merge_range(0, 0, 0, 6, "某单位2026年党员名册", &Format::new()).unwrap();
    sheet.write(1, 0, "填报单位：机关").unwrap();
    for (column, heading) in ["序号", "姓　名", "所在支部*", "工号", "身份证号", "人员类别", "状态"].iter().enumerate()
    {
        sheet.write(3, u16::try_from(column).unwrap(), *heading).unwrap();
    }
    sheet.merge_range(4, 2, 5, 2, "第一支部", &Format::new()).unwrap();
    for (row, name) in [(4, "王 明"), (5, "李四")] {
        sheet.write(row, 0, row - 3).unwrap();
        sheet.write(row, 1, name).unwrap();
        sheet.write(row, 3, 1000 + row).unwrap();
        sheet.write(row, 4, "11010519491231002X").unwrap();
        sheet.write(row, 5, "正式党员").unwrap();
    }
    sheet.write(5, 6, "转出").unwrap();
    sheet.write(6, 0, 3).unwrap();
    sheet.write(8, 0, "合计").unwrap();
    let members = read_members(&workbook.save_to_buffer().unwrap()).unwrap();
    let seen: Vec<_> = members
        .iter()
        .map(|m| (m.row, m.login.as_deref(), &*m.name, m.branch.as_deref(), m.number.as_deref(), m.order, m.active))
        .collect();
    assert_eq!(
        seen,
        [
            (5, Some("1004"), "王明", Some("第一支部"), None, Some(1), true),
            (6, Some("1005"), "李四", Some("第一支部"), None, Some(2), false),
        ]
    );
}

#[test]
fn a_sheet_for_each_branch_is_not_read_by_halves() {
    let mut workbook = Workbook::new();
    for name in ["一支部", "二支部"] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        sheet.write_row(0, 0, ["姓名", "支部"]).unwrap();
        sheet.write_row(1, 0, ["张三", name]).unwrap();
    }
    let problems = read_members(&workbook.save_to_buffer().unwrap()).unwrap_err();
    assert_eq!(lines(&problems), ["0  SeveralSheets 一支部, 二支部 | "]);
}

#[test]
fn headings_are_told_apart() {
    let read = |sheet: &str| read_members(sheet.as_bytes()).unwrap().remove(0);
    let member = read("账号,工号,姓名,支部名称,支部编号\nzs,0017,张三,机关,B1\n");
    assert_eq!(
        (member.login.as_deref(), member.number.as_deref(), member.branch.as_deref()),
        (Some("zs"), Some("0017"), Some("B1"))
    );
    let member = read("姓名\t部门\n张三\t机关\n");
    assert_eq!((member.login, member.branch.as_deref()), (None, Some("机关")));
    let branches =
        read_branches("序号,党组织名称,上级党组织,组织类别\n1,机关党委,,党委\n2,一支部,机关党委,支部\n".as_bytes())
            .unwrap();
    assert_eq!((&*branches[1].code, branches[1].parent.as_deref()), ("一支部", Some("机关党委")));
    assert_eq!(read_branches("支部\n一支部\n二支部\n".as_bytes()).unwrap().len(), 2);
}

#[test]
fn a_sheet_without_its_columns_says_which() {
    assert_eq!(member_problems("a,b\n1,2\n"), ["0  NoHeader  | name"]);
    assert_eq!(member_problems("名册\nlogin,branch\na,B\n"), ["2  MissingColumn  | name"]);
    assert_eq!(member_problems("login,name\na,A\nb,B\n"), ["0  MissingColumn  | branch"]);
    assert_eq!(member_problems("login,name,branch\n"), ["0  NoRows  | "]);
    assert_eq!(member_problems("login,name,Name,branch\na,b,c,d\n"), ["1 name RepeatedColumn name | "]);
    assert_eq!(branch_problems("login,name,branch,role\na,A,B,\n"), ["1  MissingColumn  | code"]);
    assert_eq!(branch_problems("code,parent\nA,\n"), ["1  MissingColumn  | name"]);
}

#[test]
fn all_problems_come_at_once_by_row_and_heading() {
    let sheet = "登录名,姓名,支部,角色,密码,序号,在册,证件号\n\
        a,甲,B1,,short,1,是,\n\
        A,甲二,B2,党员,,x,,\n\
        b,,,书记,,,也许,110105194912310021\n\
        11010519491231002X,丙,B1,大王,,,,\n\
        ,丁,B1,,,,,\n\
        d,戊,,,,,,1.10105E+17\n\
        e,己,B1,,,,,\n\
        e,己,b1,成员,,,,\n";
    assert_eq!(
        member_problems(sheet),
        [
            "2 密码 BadPassword 5 | 8–200",
            "3 序号 NotNumber x | ",
            "3 姓名 NameDiffers 甲二 | 甲 (2)",
            "3 登录名 TwoMemberships A | 2",
            "4 姓名 Empty  | ",
            "4 支部 BranchNeeded  | ",
            "4 证件号 IdentityNumber 1101**********0021 | ",
            "4 在册 NotOneOf 也许 | yes, no",
            "5 登录名 IdentityNumber 1101**********002X | ",
            "5 角色 NotOneOf 大王 | member, organizer, committee, administrator",
            "6 登录名 Empty  | ",
            "7 支部 BranchNeeded  | ",
            "7 证件号 BadText 1.10105E+17 | 100",
            "9 登录名 Repeated e | 8",
        ]
    );
}

#[test]
fn branches_have_one_code_each_and_no_circles() {
    let sheet = "编号,名称,上级\nA,甲,C\nB,乙,甲\nC,丙,b\nD,丁,A\na,戊,\nE,,E\nF,己,外\n";
    assert_eq!(
        branch_problems(sheet),
        [
            "2 上级 Circle C | ",
            "3 上级 Circle 甲 | ",
            "4 上级 Circle b | ",
            "6 编号 Repeated a | 2",
            "7 名称 Empty  | ",
            "7 上级 Circle E | ",
        ]
    );
    assert_eq!(branch_problems("name,parent\nA,A\n"), ["2 parent Circle A | "]);
    let long: Vec<String> = (0..50_000).map(|i| format!("B{},n,B{i}", i + 1)).collect();
    assert_eq!(read_branches(format!("code,name,parent\n{}", long.join("\n")).as_bytes()).unwrap().len(), 50_000);
}

proptest! {
    #[test]
    fn no_sheet_makes_it_panic(sheet in "((login|姓名|branch|code|名称|role|member|[0-9X]{3,18}|[a-z,\"\n]{1,4})[,\n]){0,20}") {
        let _ = read_members(sheet.as_bytes());
        let _ = read_branches(sheet.as_bytes());
    }

    #[test]
    fn an_identity_number_is_never_repeated(day in 10_u8..29, serial in 100_u16..999, column in 0..4_usize, x in any::<bool>()) {
        let number = format!("110105194912{day}{serial}{}", if x { 'X' } else { '1' });
        let mut cells = ["a", "甲", "B1", "党员"].map(str::to_owned);
        cells[column].clone_from(&number);
        let problems = member_problems(&format!("账号,姓名,支部,类别\n{}\n", cells.join(",")));
        assert!(problems.iter().any(|line| line.contains("IdentityNumber")) && !problems.concat().contains(&number));
    }
}
