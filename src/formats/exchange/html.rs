//! HTML of other systems → the texts that our banks hold: words, pictures, tables and formulas.
//!
//! Written for the snippets that editors of such systems make. Anything that only looks like a tag stays as it is.

mod entities;
mod table;
mod tag;

pub(super) use entities::resolve_named;

use super::held::one_line;
use super::pictures::{Found, shown};
use crate::formats::mathml;
use crate::rules::rich;
use entities::entity;
use table::Table;
use tag::{Tag, tag};

/// The text of a snippet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Plain {
    /// What readers see.
    pub(super) text: String,
    /// What isn't in the text, as the code and the words of a remark: the addresses of pictures and the like.
    pub(super) told: Vec<(&'static str, String)>,
}

/// Most bytes of what an element may hold that is taken as a whole: words for a picture, or a formula.
const MOST_INNER_BYTES: usize = 20_000;

const BLOCKS: [&str; 26] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "table",
    "tbody",
    "thead",
    "caption",
    "blockquote",
    "pre",
    "hr",
    "section",
    "figure",
    "article",
];
const INLINE: [&str; 34] = [
    "a", "abbr", "b", "big", "cite", "code", "del", "em", "font", "i", "ins", "kbd", "label", "mark", "o:p", "q", "rp",
    "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "td", "th", "tt", "u", "var",
    "center", "nobr",
];
const MEDIA: [&str; 10] = ["img", "audio", "video", "source", "object", "embed", "iframe", "svg", "canvas", "math"];
const HIDDEN: [&str; 5] = ["script", "style", "head", "svg", "title"];

/// Whether an element of this name, in lower case, is known.
pub(super) fn is_element(name: &str) -> bool {
    [&BLOCKS[..], &INLINE[..], &MEDIA[..], &HIDDEN[..]].iter().any(|names| names.contains(&name))
}

/// Whether a text holds tags or entities.
pub(super) fn has_markup(text: &str) -> bool {
    let last = text.rfind('>').unwrap_or_default();
    let has_tag = text.match_indices('<').any(|(at, _)| at < last && tag(text.get(at..).unwrap_or_default()).is_some());
    has_tag || text.match_indices('&').any(|(at, _)| entity(text.get(at..).unwrap_or_default()).is_some())
}

/// The text of a snippet of HTML whose pictures can't be found.
pub(super) fn to_plain(html: &str) -> Plain {
    to_text(html, &mut |_| Found::Missing)
}

/// The text of a snippet of HTML; `find` takes in the picture at an address.
pub(super) fn to_text(html: &str, find: &mut dyn FnMut(&str) -> Found) -> Plain {
    let lower = html.to_ascii_lowercase();
    let mut writer = Writer { plain: Plain::default(), lower, script: None, table: None, find };
    let last = html.rfind('>').unwrap_or_default();
    let mut rest = html;
    while let Some(character) = rest.chars().next() {
        let at = html.len() - rest.len();
        let skipped = match character {
            '<' if at < last => writer.markup(rest, at),
            '&' => entity(rest).map(|(text, length)| {
                writer.push_text(&text);
                length
            }),
            _ => None,
        };
        let length = skipped.unwrap_or_else(|| {
            writer.push(character);
            character.len_utf8()
        });
        rest = rest.get(length..).unwrap_or_default();
    }
    writer.finish()
}

struct Writer<'f> {
    plain: Plain,
    /// The snippet in lower case.
    lower: String,
    /// Where a raised or lowered text starts, and whether it is raised.
    script: Option<(usize, bool)>,
    table: Option<Table>,
    find: &'f mut dyn FnMut(&str) -> Found,
}

impl Writer<'_> {
    /// Takes a comment or a tag at the start of `rest`; gives its length, or nothing where it is neither.
    fn markup(&mut self, rest: &str, at: usize) -> Option<usize> {
        if let Some(comment) = rest.strip_prefix("<!--") {
            return Some(comment.find("-->").map_or(rest.len(), |end| end + 7));
        }
        let tag = tag(rest)?;
        if !tag.is_end && HIDDEN.contains(&&*tag.name) {
            self.medium(&tag, None);
            let end = format!("</{}", tag.name);
            return Some(self.lower.get(at..).and_then(|lower| lower.find(&end)).unwrap_or(rest.len()));
        }
        let inner = if tag.is_end { None } else { self.inner(rest, at, &tag) };
        match (&*tag.name, inner) {
            ("math", Some((_, end))) => {
                self.formula(rest.get(..end)?);
                return Some(end);
            }
            ("object", Some((inner, end))) if self.medium(&tag, Some(inner)) => return Some(end),
            ("object", Some(_)) => {}
            _ => self.tag(&tag),
        }
        Some(tag.length)
    }

    /// What stands in an element that is taken as a whole, and where it ends.
    fn inner<'h>(&self, rest: &'h str, at: usize, tag: &Tag<'_>) -> Option<(&'h str, usize)> {
        let end = match &*tag.name {
            "math" => "</math>",
            "object" => "</object>",
            _ => return None,
        };
        let most = self.lower.floor_char_boundary(at + MOST_INNER_BYTES);
        let found = self.lower.get(at..most)?.find(end)?;
        Some((rest.get(tag.length..found)?, found + end.len()))
    }

    /// Takes a formula; one that can't be shown is told, and its letters stay.
    fn formula(&mut self, formula: &str) {
        if let Some(formula) = mathml::clean(&resolve_named(formula)) {
            self.plain.text.push_str(&one_line(&formula));
        } else {
            let letters = to_plain(&rich::letters(formula)).text;
            self.plain.text.push_str(&letters);
            self.plain.told.push(("formula-flattened", letters));
        }
    }

    fn tag(&mut self, tag: &Tag<'_>) {
        self.tag_of_table(tag);
        match &*tag.name {
            "li" if !tag.is_end => {
                self.new_line();
                self.plain.text.push_str("• ");
            }
            "br" => self.plain.text.push('\n'),
            "sup" | "sub" => self.script(tag),
            name if BLOCKS.contains(&name) => self.new_line(),
            name if MEDIA.contains(&name) => drop(self.medium(tag, None)),
            _ => {}
        }
    }

    /// Cells stand side by side; where they can be, they become a table when it ends.
    fn tag_of_table(&mut self, tag: &Tag<'_>) {
        let is_cell = matches!(&*tag.name, "td" | "th");
        if !matches!(&*tag.name, "table" | "tr") && !is_cell {
            return;
        }
        let at = self.plain.text.len();
        match &mut self.table {
            None if tag.name == "table" && !tag.is_end => {
                self.new_line();
                self.table = Some(Table::new(self.plain.text.len()));
            }
            Some(table) if tag.name == "table" && !tag.is_end => {
                table.inner += 1;
                table.is_odd = true;
            }
            Some(table) if tag.name == "table" && table.inner > 0 => table.inner -= 1,
            Some(_) if tag.name == "table" => self.end_table(),
            Some(table) if table.inner == 0 => table.end_cell(at),
            _ => {}
        }
        if !is_cell || tag.is_end {
            if let Some(table) = self.table.as_mut().filter(|table| table.inner == 0 && tag.name == "tr" && !tag.is_end)
            {
                table.begin_row();
            }
            return;
        }
        if !self.is_at_line_start() {
            self.plain.text.push_str(" | ");
        }
        let at = self.plain.text.len();
        if let Some(table) = self.table.as_mut().filter(|table| table.inner == 0) {
            let spans = ["colspan", "rowspan"].map(|name| tag.attribute(name).unwrap_or_default());
            table.is_odd |= spans.iter().any(|span| !matches!(span.trim(), "" | "1"));
            table.has_heading |= tag.name == "th";
            table.begin_cell(at);
        }
    }

    fn end_table(&mut self) {
        let Some(mut table) = self.table.take() else { return };
        table.end_cell(self.plain.text.len());
        let Some((from, lines)) = table.lines(&self.plain.text) else { return };
        self.plain.text.truncate(from);
        if self.plain.text.trim_end().ends_with('|') {
            // Two tables are told apart by a line between them.
            self.plain.text.push('\n');
        }
        self.plain.text.push_str(&lines);
    }

    /// Shows a picture; anything else is told, and the words for it stay. `inner` is what stands in the element. Whether it
    /// is shown.
    fn medium(&mut self, tag: &Tag<'_>, inner: Option<&str>) -> bool {
        if tag.is_end || !MEDIA.contains(&&*tag.name) {
            return false;
        }
        let words = tag.attribute("alt").filter(|alt| !alt.trim().is_empty());
        let address = tag.attribute("src").or_else(|| tag.attribute("data"));
        let found = match (&*tag.name, &address) {
            ("img" | "object", Some(address)) => (self.find)(address.trim()),
            _ => Found::Missing,
        };
        if let Found::Taken(name) = found {
            let words = words.or_else(|| inner.map(|inner| to_plain(inner).text)).unwrap_or_default();
            self.plain.text.push_str(&shown(&words, &name));
            return true;
        }
        if let Some(alt) = &words {
            self.plain.text.push_str(alt);
        }
        let code = match &*tag.name {
            "img" if found == Found::Unfit => "picture-unfit",
            "math" => "formula-flattened",
            _ => "media-left-out",
        };
        let address = address.or(words).map(|address| address.chars().take(80).collect());
        self.plain.told.push((code, address.unwrap_or_else(|| tag.name.clone())));
        false
    }

    /// Raised and lowered figures become such characters; other texts get a sign before them.
    fn script(&mut self, tag: &Tag<'_>) {
        if !tag.is_end {
            self.script = Some((self.plain.text.len(), tag.name == "sup"));
            return;
        }
        let Some((from, is_raised)) = self.script.take() else { return };
        let inner = self.plain.text.split_off(from.min(self.plain.text.len()));
        let figures: Option<String> = inner.chars().map(|character| figure(character, is_raised)).collect();
        let sign = if is_raised { '^' } else { '_' };
        let marked = if inner.chars().count() > 1 { format!("{sign}({inner})") } else { format!("{sign}{inner}") };
        let shown = figures.unwrap_or(marked);
        self.plain.text.push_str(if inner.trim().is_empty() { &inner } else { &shown });
    }

    fn is_at_line_start(&self) -> bool {
        self.plain.text.is_empty() || self.plain.text.ends_with('\n')
    }

    fn new_line(&mut self) {
        if !self.is_at_line_start() {
            self.plain.text.push('\n');
        }
    }

    fn push(&mut self, character: char) {
        if !character.is_ascii_whitespace() {
            self.plain.text.push(character);
        } else if !self.plain.text.ends_with([' ', '\n']) {
            self.plain.text.push(' ');
        }
    }

    fn push_text(&mut self, text: &str) {
        self.plain.text.push_str(text);
    }

    fn finish(self) -> Plain {
        let lines: Vec<&str> = self.plain.text.lines().map(str::trim).collect();
        let mut text = lines.join("\n").trim().to_owned();
        while text.contains("\n\n\n") {
            text = text.replace("\n\n\n", "\n\n");
        }
        Plain { text, told: self.plain.told }
    }
}

fn figure(character: char, is_raised: bool) -> Option<char> {
    let (from, to) = if is_raised {
        ("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
    } else {
        ("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
    };
    from.chars().position(|known| known == character).and_then(|at| to.chars().nth(at))
}

#[cfg(test)]
mod tests {
    use super::{has_markup, to_plain};
    use proptest::prelude::{any, prop_assert, proptest};

    #[test]
    fn readers_see_the_same_text() {
        for (html, text) in [
            ("<p>One</p><p>Two<br/>three</p>", "One\nTwo\nthree"),
            ("  a \n  b ", "a b"),
            ("1 &lt; 2 &amp; 3&nbsp;&#20013;&#x56fd;", "1 < 2 & 3 中国"),
            ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
            ("10<sup>-3</sup> H<sub>2</sub>O x<sup>ab</sup>", "10⁻³ H₂O x^(ab)"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a | b\nc"),
            ("a<!-- x -->b<script>alert('<p>')</script>c<style>p{}</style>", "abc"),
            ("x <y> z, a<b, 3<5>2, <b", "x <y> z, a<b, 3<5>2, <b"),
            ("<span title=\"a>b\" style='x'>t</span>", "t"),
            ("&unknown; & &#0; &", "&unknown; & &#0; &"),
            ("<P CLASS=x>大</P>", "大"),
        ] {
            assert_eq!(to_plain(html).text, text, "{html}");
        }
    }

    #[test]
    fn tables_and_formulas_are_taken_where_they_can_be() {
        for (html, text) in [
            (
                "前<table><caption>表</caption><thead><tr><th>年</th><th><p>人</p><p>数</p></th></tr></thead><tr><td>1</td><td></td></tr></table>后",
                "前\n表\n| 年 | 人 数 |\n|---|---|\n| 1 |  |\n后",
            ),
            ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "| a | b |\n|---|---|\n| c | d |"),
            ("<table><tr><td>a</td><td>b|</td></tr><tr><td>c</td><td>d</td></tr></table>", "a | b|\nc | d"),
            ("<table><tr><td colspan=\"2\">a</td></tr><tr><td>c</td><td>d</td></tr></table>", "a\nc | d"),
            ("<table><tr><td>a</td></tr><tr><td>c</td></tr></table>", "a\nc"),
            (
                "<table><tr><td><table><tr><td>a</td></tr></table></td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>e",
                "a\nb\nc | d\ne",
            ),
            ("<p>x=<math><mi>y</mi>\n <mo>&times;</mo></math>.</p>", "x=<math><mi>y</mi> <mo>×</mo></math>."),
            ("x=<math><mi onclick='a'>y</mi></math>.", "x=y."),
        ] {
            assert_eq!(to_plain(html).text, text, "{html}");
        }
        assert_eq!(to_plain("<math><mi onclick='a'>y</mi></math>").told, [("formula-flattened", "y".to_owned())]);
    }

    #[test]
    fn pictures_are_told() {
        let plain = to_plain("<p>See <img src=\"@@PLUGINFILE@@/a.png\" alt='a map'> and <img></p>");
        assert_eq!(
            (plain.text.as_str(), plain.told),
            (
                "See a map and",
                vec![("media-left-out", "@@PLUGINFILE@@/a.png".into()), ("media-left-out", "img".into())]
            )
        );
        assert!(has_markup("a<br>b") && has_markup("a&nbsp;b") && !has_markup("a < b & c <x>"));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in any::<String>(), of_table in "(<table>|</table>|<tr>|</tr>|<td>|</td>|<th colspan=2>|<sup>|</sup>|<math>|</math>|<object data=a>|</object>|大| |\\|){0,30}", tags in "(<|>|/|p|sup|img src=|'|\"|&|#|x1;|<!--|script|大|=|alt){0,30}") {
            to_plain(&text);
            let plain = to_plain(&tags);
            prop_assert!(plain.text.len() <= tags.len() * 4);
            has_markup(&tags);
            to_plain(&of_table);
        }
    }
}
