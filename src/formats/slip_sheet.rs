//! Sign-in slips as a file: a page to print that needs nothing else, or a table for a program that prints labels.

use crate::formats::qr;
use crate::formats::sheet::write_csv;
use std::fmt::Write;

/// One slip, in words.
#[derive(Debug, Clone)]
pub struct Row {
    /// The branch.
    pub branch: String,
    /// The name, told apart from others like it.
    pub name: String,
    /// The code as it is printed.
    pub code: String,
    /// The address of the QR code.
    pub link: String,
}

/// What stands on every slip.
#[derive(Debug, Clone)]
pub struct Words {
    /// The language, for the attribute `lang`.
    pub lang: &'static str,
    /// The title of the test.
    pub title: String,
    /// How it is used.
    pub how: String,
    /// The address where the code is typed.
    pub address: String,
    /// The headings of the table: branch, name, code, address.
    pub headings: [String; 4],
}

const STYLE: &str = "body{font:11pt/1.4 sans-serif;margin:0}h2{font-size:13pt;break-after:avoid}\
.slips{display:grid;grid-template-columns:1fr 1fr}.slip{display:flex;border:1px dashed #666;padding:3mm;margin:0 -1px -1px 0;break-inside:avoid}\
svg{flex:none;width:32mm;height:32mm;margin-right:3mm}p{margin:0 0 1mm}.name{font-size:14pt;font-weight:bold}\
.code{font:16pt monospace}.small{font-size:9pt}@page{size:A4;margin:15mm}";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A page to print, slips under their branches.
pub fn html(words: &Words, rows: &[Row]) -> String {
    let title = escaped(&words.title);
    let mut page = format!(
        "<!DOCTYPE html><html lang=\"{}\"><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style>",
        words.lang
    );
    for group in rows.chunk_by(|one, two| one.branch == two.branch) {
        let branch = escaped(group.first().map_or("", |row| row.branch.as_str()));
        let _ = write!(page, "<h2>{branch} · {}</h2><div class=\"slips\">", group.len());
        for row in group {
            let _ = write!(
                page,
                "<div class=\"slip\">{}<div><p class=\"small\">{branch}</p><p class=\"name\">{}</p><p class=\"small\">{title}</p>\
                 <p class=\"code\">{}</p><p class=\"small\">{}<br>{}</p></div></div>",
                qr::svg(&row.link).unwrap_or_default(),
                escaped(&row.name),
                escaped(&row.code),
                escaped(&words.how),
                escaped(&words.address),
            );
        }
        page.push_str("</div>");
    }
    page.push_str("</html>\n");
    page
}

/// A table with a row for each slip.
pub fn csv(words: &Words, rows: &[Row]) -> Vec<u8> {
    let heading = words.headings.each_ref().map(String::as_str).to_vec();
    let rows = rows.iter().map(|row| vec![row.branch.as_str(), &row.name, &row.code, &row.link]);
    write_csv(std::iter::once(heading).chain(rows))
}

#[cfg(test)]
mod tests {
    use super::{Row, Words, csv, html};

    #[test]
    fn names_stand_as_they_are_and_break_nothing() {
        let words = Words {
            lang: "zh-CN",
            title: "考试 <1>".into(),
            how: "扫码".into(),
            address: "http://a/s".into(),
            headings: ["支部", "姓名", "代码", "网址"].map(Into::into),
        };
        let row = |branch: &str, name: &str| Row {
            branch: branch.into(),
            name: name.into(),
            code: "01234 56789".into(),
            link: "http://a/s/b".into(),
        };
        let rows = [row("一支部", "王<b>一"), row("一支部", "李二"), row("二支部", "=1+1")];
        let page = html(&words, &rows);
        assert!(page.contains("王&lt;b&gt;一") && page.contains("一支部 · 2") && !page.contains("<1>"));
        assert_eq!(page.matches("<svg").count(), 3);
        let table = String::from_utf8(csv(&words, &rows)).unwrap();
        assert_eq!(table.lines().count(), 4);
        assert!(table.contains("二支部,'=1+1,01234 56789,http://a/s/b"), "{table}");
    }
}
