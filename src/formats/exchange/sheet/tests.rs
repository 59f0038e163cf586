use super::{Columns, Field, Hints, Kinds, Unread, read};
use crate::formats::exchange::{Draft, Origin};
use crate::formats::sheet::write_csv;
use crate::rules::text::Language;
use proptest::prelude::{any, prop, proptest};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

type Rows<'a> = &'a [&'a [&'a str]];

fn workbook(sheets: &[(&str, Rows<'_>)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*cells) {
                if !cell.is_empty() {
                    sheet.write_string(row, column, *cell).unwrap();
                }
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn draft(rows: Rows<'_>) -> Draft {
    read(&workbook(&[("Sheet1", rows)]), &Hints::default()).unwrap()
}

fn columns(named: &Columns) -> Hints {
    Hints { columns: named.clone(), ..Hints::default() }
}

fn fields(draft: &Draft) -> Vec<Value> {
    draft.questions.iter().map(|question| Value::Object(question.fields.clone())).collect()
}

fn remarks(draft: &Draft) -> Vec<(&str, Option<usize>, &str)> {
    draft.remarks.iter().map(|remark| (remark.code, remark.origin.line, remark.found.as_str())).collect()
}

/// What a choice of A 甲, B 乙, C 丙, D 丁 makes of a key.
fn answer(kind: &str, key: &str) -> Option<Value> {
    let draft = draft(&[
        &["题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案"],
        &[kind, "问", "甲", "乙", "丙", "丁", key],
    ]);
    fields(&draft)[0].get("answer").cloned()
}

#[test]
fn keys_are_understood_however_they_are_spelt() {
    for key in [
        "ABD",
        "abd",
        "A,B,D",
        "A、B、D",
        "A B D",
        "Ａ Ｂ Ｄ",
        "A，B，D",
        "A;B;D",
        "A|B|D",
        "甲、乙、丁",
        "甲;乙;丁",
        "A&B&D",
    ] {
        assert_eq!(answer("多选题", key), Some(json!(["A", "B", "D"])), "{key}");
    }
    for key in ["D", "d", "Ｄ", "丁", " D ", "D."] {
        assert_eq!(answer("单选", key), Some(json!("D")), "{key}");
    }
    assert_eq!(answer("单选", "AB"), Some(json!("AB")));
    assert_eq!(answer("单选", "戊"), Some(json!("戊")));
    assert_eq!(answer("排序题", "DBAC"), Some(json!(["D", "B", "A", "C"])));
}

#[test]
fn verdicts_are_understood_however_they_are_spelt() {
    let verdict = |key: &str| {
        let draft = draft(&[&["题目", "类型", "正确答案"], &["问", "判断题", key]]);
        fields(&draft)[0].get("answer").cloned()
    };
    for key in ["对", "√", "正确", "T", "true", "是", "1", "Ｔ"] {
        assert_eq!(verdict(key), Some(json!(true)), "{key}");
    }
    for key in ["错", "×", "错误", "F", "FALSE", "否", "0"] {
        assert_eq!(verdict(key), Some(json!(false)), "{key}");
    }
    // Without options that say so, no letter is a verdict; and 1 is none where there is a 2.
    assert_eq!(verdict("A"), Some(json!("A")));
    let twos = draft(&[&["题目", "类型", "答案"], &["问", "判断", "1"], &["题", "判断", "2"]]);
    assert_eq!(fields(&twos)[0]["answer"], json!("1"));
    let lettered = draft(&[&["题目", "类型", "A", "B", "答案"], &["问", "判断", "正确", "错误", "B"]]);
    assert_eq!(fields(&lettered)[0], json!({ "kind": "true_false", "stem": "问", "answer": false }));
}

#[test]
fn numbers_name_options_only_where_the_sheet_proves_how_they_count() {
    let answers = |one: &str, other: &str| {
        let draft = draft(&[
            &["题干", "题型", "选项", "答案"],
            &["问", "单选", "甲|乙|丙", one],
            &["题", "单选", "甲|乙|丙", other],
        ]);
        fields(&draft).iter().map(|question| question["answer"].clone()).collect::<Vec<Value>>()
    };
    assert_eq!(answers("1", "3"), [json!("A"), json!("C")]);
    assert_eq!(answers("1", "2"), [json!("1"), json!("2")]);
    assert_eq!(answers("0", "3"), [json!("0"), json!("3")]);
    let by_text =
        draft(&[&["题干", "题型", "选项", "答案"], &["问", "单选", "2|3|4", "3"], &["题", "单选", "甲|乙|丙", "2"]]);
    assert_eq!((&fields(&by_text)[0]["answer"], &fields(&by_text)[1]["answer"]), (&json!("B"), &json!("2")));
    let draft =
        draft(&[&["题干", "题型", "选项", "答案"], &["问", "单选", "2|3|4", "2"], &["题", "单选", "甲|乙|丙", "3"]]);
    assert_eq!(fields(&draft)[0].get("answer"), None);
    assert!(remarks(&draft).contains(&("key-unclear", Some(2), "2")));
}

#[test]
fn a_letter_that_is_another_options_text_is_not_guessed() {
    let draft = draft(&[&["题干", "题型", "A", "B", "答案"], &["哪种维生素", "单选", "B", "C", "B"]]);
    assert_eq!(fields(&draft)[0].get("answer"), None);
    assert_eq!(remarks(&draft), [("key-unclear", Some(2), "B")]);
}

#[test]
fn options_stand_in_one_cell_in_many_ways() {
    for cell in [
        "A.甲 B.乙 C.丙",
        "A、甲\nB、乙\nC、丙",
        "Ａ．甲；Ｂ．乙；Ｃ．丙",
        "a) 甲 b) 乙 c) 丙",
        "甲\n乙\n丙",
        "甲|乙|丙",
        "甲$;$乙$;$丙",
        "甲；乙；丙",
        "甲、乙、丙",
        "A.甲|B.乙|C.丙",
        "['甲', '乙', \"丙\"]",
    ] {
        let draft = draft(&[&["题目", "题型", "选项", "答案"], &["问", "单选", cell, "C"]]);
        assert_eq!(fields(&draft)[0]["options"], json!({ "A": "甲", "B": "乙", "C": "丙" }), "{cell}");
    }
    let behind = draft(&[&["题目", "题型", "选项", "", "", "答案"], &["问", "单选", "甲", "B.乙", "丙", "C"]]);
    assert_eq!(fields(&behind)[0]["options"], json!({ "A": "甲", "B": "乙", "C": "丙" }));
}

#[test]
fn gaps_of_all_forms_become_markers() {
    for stem in
        ["在（ ）年，（）次", "在( )年，(　　)次", "在____年，＿＿次", "在【】年，[ ]次", "在（____）年，（ )次"]
    {
        let draft = draft(&[&["题目", "题型", "答案"], &[stem, "填空题", "1921；一"]]);
        assert_eq!(
            fields(&draft)[0],
            json!({ "kind": "blank", "stem": "在{{1}}年，{{2}}次", "answer": [["1921"], ["一"]] }),
            "{stem}"
        );
    }
    let short = draft(&[&["题目", "题型", "答案"], &["在（）年（）", "填空", "1921"]]);
    assert_eq!(fields(&short)[0]["answer"], json!([["1921"]]));
    let one = draft(&[&["题目", "题型", "答案"], &["在（）年", "填空", "一、二"]]);
    assert_eq!(fields(&one)[0]["answer"], json!([["一、二"]]));
}

#[test]
fn texts_of_gaps_in_the_columns_of_options_are_taken_and_told() {
    let draft = draft(&[
        &["题目", "题型", "A", "B", "答案"],
        &["在（ ）年（ ）月", "填空", "1921", "7", ""],
        &["在（ ）年", "填空", "1921", "7", ""],
    ]);
    assert_eq!(fields(&draft)[0]["answer"], json!([["1921"], ["7"]]));
    assert_eq!(fields(&draft)[1].get("answer"), None);
    assert_eq!(remarks(&draft), [("options-as-gaps", Some(2), "1921; 7")]);
}

#[test]
fn an_answer_in_the_brackets_is_taken_out_and_told() {
    let taken = draft(&[
        &["题目", "题型", "A", "B", "答案"],
        &["何者（ B ）", "单选", "甲", "乙", ""],
        &["何者(B)", "单选", "甲", "乙", "B"],
        &["维生素（A）是", "单选", "甲", "乙", "B"],
        &["如此（√）", "判断", "", "", ""],
        &["在（1921）年", "填空", "", "", ""],
    ]);
    let told: Vec<(Value, Value)> =
        fields(&taken).iter().map(|one| (one["stem"].clone(), one["answer"].clone())).collect();
    let expected = [
        (json!("何者（ ）"), json!("B")),
        (json!("何者（ ）"), json!("B")),
        (json!("维生素（A）是"), json!("B")),
        (json!("如此（ ）"), json!(true)),
        (json!("在{{1}}年"), json!([["1921"]])),
    ];
    assert_eq!(told, expected);
    let codes: Vec<&str> = taken.remarks.iter().map(|remark| remark.code).collect();
    let out = "answer-taken-out";
    assert_eq!(codes, [out, out, "bracket-kept", out, out]);
}

#[test]
fn titles_notes_and_other_sheets_do_not_disturb() {
    let bytes = workbook(&[
        ("说明", &[&["请按要求填写"]]),
        (
            "一、单选题",
            &[
                &["题库"],
                &[
                    "序号",
                    "试题内容(必填)",
                    "A选项",
                    "选项B",
                    "正确答案（只填字母）",
                    "难度",
                    "所属章节",
                    "依据",
                    "分值",
                ],
                &[],
                &["1", "问", "甲", "乙", "Ａ", "较难", "总纲", "第一条", "2"],
                &["", "", "", "", "", "易", "", "", ""],
            ],
        ),
        ("判断", &[&["Question", "Answer", "Explanation"], &["so", "T", "because"]]),
    ]);
    let draft = read(&bytes, &Hints::default()).unwrap();
    let expected = [
        json!({
            "kind": "single", "stem": "问", "options": { "A": "甲", "B": "乙" }, "answer": "A", "difficulty": 4,
            "topic": "总纲", "cite": "第一条",
        }),
        json!({ "kind": "true_false", "stem": "so", "answer": true, "explanation": "because" }),
    ];
    assert_eq!(fields(&draft), expected);
    assert_eq!(draft.topics, [("总纲".to_owned(), json!("总纲"))]);
    assert_eq!(draft.questions[0].origin.line, Some(4));
    let answer = draft.questions[0].origins.iter().find(|(pointer, _)| pointer == "/answer").unwrap();
    assert_eq!(answer.1.column.as_deref(), Some("E"));
    let codes: Vec<&str> = draft.remarks.iter().map(|remark| remark.code).collect();
    assert_eq!(codes, ["sheet-skipped", "column-ignored", "column-ignored", "row-ignored"]);
}

#[test]
fn a_missing_kind_is_inferred_and_told_and_an_unknown_one_is_kept() {
    let inferred = draft(&[
        &["题目", "题型", "选项", "答案"],
        &["问", "", "甲|乙|丙", "AC"],
        &["问", "选择题", "甲|乙|丙", "B"],
        &["问", "", "", "错"],
        &["在（）年", "", "", "1921"],
        &["问", "", "", "因为"],
        &["问", "写作题", "", "因为"],
    ]);
    let kinds: Vec<Option<&str>> = inferred.questions.iter().map(|one| one.fields.get("kind")?.as_str()).collect();
    assert_eq!(kinds, [Some("multiple"), Some("single"), Some("true_false"), Some("blank"), None, Some("写作题")]);
    assert_eq!(remarks(&inferred).len(), 4);
}

#[test]
fn what_headings_do_not_say_is_asked_and_can_be_named() {
    let bytes = workbook(&[("Sheet1", &[&["甲栏", "乙栏", "丙栏"], &["问", "判断", "对"]])]);
    let Err(Unread::Ask(asked)) = read(&bytes, &Hints::default()) else { panic!("read") };
    assert_eq!((asked[0].header, asked[0].headings.len()), (None, 0));
    let named: Columns = "header=1,题干=A,题型=b，答案=Ｃ".parse().unwrap();
    assert_eq!(
        fields(&read(&bytes, &columns(&named)).unwrap()),
        [json!({ "kind": "true_false", "stem": "问", "answer": true })]
    );
    let headless: Columns = "header=0,题干=A,题型=B,答案=C".parse().unwrap();
    assert_eq!(read(&bytes, &columns(&headless)).unwrap().questions.len(), 2);
    for bad in ["题干", "题干=1", "什么=A", "header=x"] {
        assert!(bad.parse::<Columns>().is_err(), "{bad}");
    }
    let twice = workbook(&[("Sheet1", &[&["题目", "答案", "正确答案"], &["问", "对", "错"]])]);
    let Err(Unread::Ask(asked)) = read(&twice, &Hints::default()) else { panic!("read") };
    assert_eq!(asked[0].doubtful, [Field::Answer]);
    let named: Columns = "答案=C".parse().unwrap();
    assert!(read(&twice, &columns(&named)).is_ok());
}

#[test]
fn codes_of_kinds_are_asked_once_and_can_be_named() {
    let bytes = workbook(&[(
        "Sheet1",
        &[
            &["题型", "题干", "A", "B", "答案"],
            &["1", "甲问", "甲", "乙", "A"],
            &["2", "乙问", "甲", "乙", "AB"],
            &["1", "丙问", "甲", "乙", "B"],
            &["写作题", "丁问", "", "", "答"],
        ],
    )]);
    let Err(Unread::Unclear(asked)) = read(&bytes, &Hints::default()) else { panic!("read") };
    let [asked] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(asked.found, "1 × 2 (甲问…); 2 × 1 (乙问…)");
    assert_eq!(asked.origin.as_ref().unwrap().column.as_deref(), Some("A"));
    let kinds: Kinds = "1=单选题，２=multiple, 写作题=论述".parse().unwrap();
    let draft = read(&bytes, &Hints { kinds, ..Hints::default() }).unwrap();
    let kinds: Vec<Value> = fields(&draft).iter().map(|question| question["kind"].clone()).collect();
    assert_eq!(Value::from(kinds), json!(["single", "multiple", "single", "essay"]));
    for bad in ["1", "1=什么", "=单选"] {
        assert!(bad.parse::<Kinds>().is_err(), "{bad}");
    }
    assert_eq!("".parse(), Ok(Kinds::default()));
}

#[test]
fn options_in_the_stem_are_asked_once_and_taken_when_named() {
    let bytes = workbook(&[(
        "Sheet1",
        &[
            &["题型", "题干", "答案"],
            &["单选题", "每届任期（ ）年。A.一 B.三 C.五", "B"],
            &["判断题", "A类地区如此。", "对"],
        ],
    )]);
    let Err(Unread::Unclear(asked)) = read(&bytes, &Hints::default()) else { panic!("read") };
    assert_eq!((asked.len(), asked[0].expected.as_str()), (1, "选项=B"));
    let draft = read(&bytes, &columns(&"选项=B".parse().unwrap())).unwrap();
    let expected = [
        json!({ "kind": "single", "stem": "每届任期（ ）年。", "options": { "A": "一", "B": "三", "C": "五" }, "answer": "B" }),
        json!({ "kind": "true_false", "stem": "A类地区如此。", "answer": true }),
    ];
    assert_eq!(fields(&draft), expected);
}

#[test]
fn a_sheet_is_given_back_with_its_mistakes_and_taken_once_mended() {
    let bytes = workbook(&[
        ("说明", &[&["无"]]),
        ("题", &[&["标题"], &["题型", "题干", "答案"], &[], &["判断", "问", "也许"]]),
    ]);
    let place = |column: Option<&str>| Origin {
        sheet: Some("题".into()),
        line: Some(4),
        column: column.map(str::to_owned),
        ..Origin::default()
    };
    let faults = [(place(Some("C")), "不对".to_owned()), (place(None), "缺".to_owned())];
    let marked = super::marked(&bytes, &Columns::default(), &faults, Language::Zh).unwrap().unwrap();
    let again = super::marked(&marked, &Columns::default(), &faults[..1], Language::Zh).unwrap().unwrap();
    for (file, said) in [(marked, "不对\n缺"), (again, "不对")] {
        let sheets = crate::formats::sheet::read(&file).unwrap();
        let rows: Vec<(usize, Vec<&str>)> =
            sheets[1].rows.iter().map(|row| (row.number, row.cells.iter().map(String::as_str).collect())).collect();
        assert_eq!(rows[1], (2, vec!["题型", "题干", "答案", "错误（Kaohe）"]));
        assert_eq!(rows[2], (4, vec!["判断", "问", "也许", said]));
        assert_eq!((sheets[0].name.as_str(), sheets[1].name.as_str()), ("说明", "题"));
        let draft = read(&file, &Hints::default()).unwrap();
        assert!(!remarks(&draft).iter().any(|(code, ..)| *code == "column-ignored"), "{draft:?}");
    }
}

#[test]
fn dates_where_options_were_meant_are_told() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, heading) in (0..).zip(["题目", "题型", "A", "B", "答案"]) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for (column, text) in [(0, "几人"), (1, "单选"), (3, "七人"), (4, "A")] {
        sheet.write_string(1, column, text).unwrap();
    }
    let date = ExcelDateTime::from_ymd(2024, 3, 5).unwrap();
    sheet.write_datetime_with_format(1, 2, &date, &Format::new().set_num_format("m-d")).unwrap();
    let draft = read(&workbook.save_to_buffer().unwrap(), &Hints::default()).unwrap();
    assert_eq!(remarks(&draft), [("date-cell", Some(2), "2024-03-05")]);
    assert_eq!(draft.remarks[0].origin.column.as_deref(), Some("C"));
}

#[test]
fn csv_in_gb18030_is_read() {
    let (bytes, _, _) = encoding_rs::GB18030.encode("题目,题型,答案\n问,判断题,对\n");
    let draft = read(&bytes, &Hints::default()).unwrap();
    assert_eq!(fields(&draft), [json!({ "kind": "true_false", "stem": "问", "answer": true })]);
    assert_eq!(draft.questions[0].origin.sheet, None);
}

proptest! {
    #[test]
    fn mangled_cells_never_panic(cells in prop::collection::vec("[（）()A-C_＿、;|$.甲\\[\\]' \n]{0,12}", 6)) {
        let head = ["题干", "题型", "选项", "选项D", "答案", "难度"].map(str::to_owned).to_vec();
        let _ = read(write_csv(&[head, cells]).as_slice(), &Hints::default());
    }

    #[test]
    fn mangled_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &Hints::default());
    }
}
