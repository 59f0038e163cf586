use super::{Sheet, neutral, read, write_csv};
use crate::rules::roster::SheetProblemCode;
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

fn rows(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
    let sheets = read(bytes).unwrap();
    sheets[0].rows.iter().map(|row| (row.number, row.cells.clone())).collect()
}

fn plain(rows: &[(usize, &[&str])]) -> Vec<(usize, Vec<String>)> {
    rows.iter().map(|(number, cells)| (*number, cells.iter().map(|&cell| cell.to_owned()).collect())).collect()
}

fn code(bytes: &[u8]) -> SheetProblemCode {
    read(bytes).unwrap_err().code
}

#[test]
fn every_encoding_that_excel_saves_is_read() {
    let text = "姓名,支部\r\n张三,机关\r\n";
    let expected = plain(&[(1, &["姓名", "支部"]), (2, &["张三", "机关"])]);
    let wide = |order: fn(u16) -> [u8; 2]| {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(order).collect::<Vec<u8>>()
    };
    let (gbk, ..) = encoding_rs::GB18030.encode(text);
    let with_mark = format!("\u{feff}{text}");
    for bytes in [text.as_bytes(), with_mark.as_bytes(), &gbk, &wide(u16::to_le_bytes), &wide(u16::to_be_bytes)] {
        assert_eq!(rows(bytes), expected);
    }
    assert_eq!(code(b"name,branch\n\xff\xff\xff,1\n"), SheetProblemCode::Encoding);
    assert_eq!(code(b"\x00\x01\x02"), SheetProblemCode::Unreadable);
}

#[test]
fn every_delimiter_is_told() {
    for text in
        ["a,b,c\n1,2,3\n", "a;b;c\n1;2;3\n", "a\tb\tc\n1\t2\t3\n", "\"a\",\"b\",c\r1,2,3", "sep=;\na;b;c\n1;2;3\n"]
    {
        assert_eq!(rows(text.as_bytes()), plain(&[(1, &["a", "b", "c"]), (2, &["1", "2", "3"])]), "{text}");
    }
    let title = "2026年党员名册，共两人,,\n姓名;支部\n张,三;一\n李四;二\n王五;二\n";
    assert_eq!(rows(title.as_bytes())[2], (3, vec!["张,三".to_owned(), "一".to_owned()]));
}

#[test]
fn rows_keep_the_numbers_that_excel_shows() {
    let text = "\n名册,,\n\n a , \"x\"\"y\nz\" ,\n,,\nlast\n,,,\n";
    assert_eq!(rows(text.as_bytes()), plain(&[(2, &["名册"]), (4, &["a", "x\"y\nz"]), (6, &["last"])]));
    assert_eq!(code(b",,\n\n  ,\n"), SheetProblemCode::NoRows);
    assert_eq!(code(b""), SheetProblemCode::NoRows);
}

fn workbook() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("空").unwrap();
    let sheet = workbook.add_worksheet().set_name("名册").unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.merge_range(0, 0, 0, 4, "名册", &Format::new()).unwrap();
    sheet.write(2, 0, " 姓名 ").unwrap();
    sheet.write(2, 1, 1001.0).unwrap();
    sheet.write(2, 2, 0.1 + 0.2).unwrap();
    sheet.write(2, 3, true).unwrap();
    sheet.write_with_format(2, 4, ExcelDateTime::from_ymd(2026, 7, 1).unwrap(), &date).unwrap();
    sheet.merge_range(3, 1, 5, 1, "机关", &Format::new()).unwrap();
    for row in 3..6 {
        sheet.write(row, 0, format!("n{row}")).unwrap();
    }
    // A sheet formatted to its last row and column.
    sheet.write_blank(1_048_575, 16_383, &date).unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_as_it_looks() {
    let sheets = read(&workbook()).unwrap();
    assert_eq!(sheets.iter().map(|sheet| &*sheet.name).collect::<Vec<_>>(), ["名册"]);
    assert_eq!(
        rows(&workbook()),
        plain(&[
            (1, &["名册"]),
            (3, &["姓名", "1001", "0.3", "TRUE", "2026-07-01"]),
            (4, &["n3", "机关"]),
            (5, &["n4", "机关"]),
            (6, &["n5", "机关"]),
        ])
    );
    assert_eq!(code(b"PK\x03\x04 no archive"), SheetProblemCode::Unreadable);
    assert_eq!(code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), SheetProblemCode::Unreadable);
}

#[test]
fn what_is_too_large_is_refused_packed_or_not() {
    assert_eq!(code(&"a,b\n".repeat(200_001).into_bytes()), SheetProblemCode::TooLarge);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..65 {
        std::io::Write::write_all(&mut archive, &vec![b' '; 1024 * 1024]).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 1024 * 1024);
    assert_eq!(code(&bytes), SheetProblemCode::TooLarge);
}

#[test]
fn no_cell_runs_as_a_formula_and_numbers_stay_numbers() {
    for cell in ["=1+1", "+cmd", "-x", "@SUM", "\tx", "\rx", "-1-1", "-inf", "--1", "-1e5", "-", "-.", "＝1"] {
        assert_eq!(neutral(cell), format!("'{cell}"));
    }
    for cell in ["", "-3.5", "+7", "-12", "a=b", "3", "张三", "1-2"] {
        assert_eq!(neutral(cell), cell);
    }
    let file = write_csv([vec!["姓名", "a,b"], vec!["=1", "say \"x\""]]);
    assert_eq!(String::from_utf8(file).unwrap(), "\u{feff}姓名,\"a,b\"\r\n'=1,\"say \"\"x\"\"\"\r\n");
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(cells in vec(vec("[a-z党][a-z党,;\"\n]{0,5}[a-z]", 3), 1..9)) {
        let file = write_csv(&cells);
        let sheets = read(&file).unwrap();
        let again: Vec<Vec<String>> = sheets.into_iter().flat_map(|sheet: Sheet| sheet.rows).map(|row| row.cells).collect();
        prop_assert_eq!(again, cells);
    }

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn damaged_workbooks_never_panic(at in any::<proptest::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = workbook();
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at); } else { bytes[at] = byte; }
        if let Ok(sheets) = read(&bytes) {
            prop_assert!(!sheets.is_empty());
        }
    }
}

#[test]
fn a_place_that_no_cell_can_have_makes_a_workbook_unreadable_and_nothing_worse() {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "姓名").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    for place in ["A99999999999", "ZZZZZZZZZZZZZ1", "A0", "1A"] {
        let mut package = zip::ZipArchive::new(std::io::Cursor::new(bytes.as_slice())).unwrap();
        let mut changed = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for index in 0..package.len() {
            let mut file = package.by_index(index).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut text = String::new();
            std::io::Read::read_to_string(&mut file, &mut text).unwrap();
            changed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            let text = text.replace("r=\"A1\"", &format!("r=\"{place}\""));
            std::io::Write::write_all(&mut changed, text.as_bytes()).unwrap();
        }
        let read = read(&changed.finish().unwrap().into_inner());
        assert!(read.is_err() || read.is_ok_and(|sheets| sheets.len() == 1), "{place}");
    }
}
