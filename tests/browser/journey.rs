//! A unit's first test from nothing to its report, as people do it: by touch on a phone, by the keyboard alone, and
//! where no script runs; in both languages.

use crate::hands::{Hands, Person};
use thirtyfour::By;

const PASSWORD: &str = "ji-ceng-dang-wu";

const BRANCHES: &str = "代码,名称,上级,类别
JG,机关党委,,党委
ZB1,机关第一党支部,JG,支部
ZB2,机关第二党支部,JG,支部
";

/// Two members, and the two people of the office; every password is final, as handed out on paper.
const MEMBERS: &str = "账号,姓名,支部,角色,密码
chenming,陈明,ZB1,member,ji-ceng-dang-wu
lihua,李华,ZB2,member,ji-ceng-dang-wu
zuzhi,王组织,JG,organizer,ji-ceng-dang-wu
dangwei,赵书记,JG,committee,ji-ceng-dang-wu
";

impl Person {
    /// The administrator opens the link that the server printed.
    async fn sets_up(&self, link: &str) {
        self.stage.become_reader_of(link, self.language).await;
        self.stage.go(link).await;
        self.fill("#f-name", "管理员").await;
        self.fill("#f-login", "guanli").await;
        self.fill("#f-password", PASSWORD).await;
        self.fill("#f-again", "something-else").await;
        self.go_by("main form button").await;
        assert!(self.stage.find("#f-again-error").await.is_displayed().await.unwrap(), "two passwords that differ");
        assert_eq!(self.stage.find("#f-login").await.value().await.unwrap().unwrap(), "guanli", "what was typed stays");
        self.fill("#f-password", PASSWORD).await;
        self.fill("#f-again", PASSWORD).await;
        self.go_by("main form button").await;
    }

    /// Branches, then people, each looked at before it is loaded.
    async fn loads_the_roster(&self) {
        self.go_by("ol.steps a[href='/roster']").await;
        for (what, content) in [("branches", BRANCHES), ("members", MEMBERS)] {
            let file = self.stage.file(&format!("{what}.csv"), content);
            self.choose_file(&format!("#f-{what}"), &file).await;
            self.go_by(&format!("form[action='/roster/{what}'] button")).await;
            self.stage.says("main", if what == "branches" { "机关第一党支部" } else { "王组织" }).await;
            self.go_by("#plan button[value=load]").await;
            if what == "branches" {
                self.go_by("a.button[href='/roster']").await;
            }
        }
        self.go_by("a.button[href='/people']").await;
        for name in ["陈明", "李华", "王组织", "赵书记"] {
            self.stage.says("main", name).await;
        }
    }

    /// A bank with a mistake, mended, looked at, loaded.
    async fn loads_a_bank(&self) {
        let good = include_str!("../../question_banks/branch-work.json");
        let bad = good.replacen("\"difficulty\": 1", "\"difficulty\": 9", 1);
        self.go_by("ol.steps a[href='/banks']").await;
        self.choose_file("#f-file", &self.stage.file("faulty.json", &bad)).await;
        self.go_by("form[action='/banks'] button[value=load]").await;
        self.stage.says("code.excerpt mark", "9").await;
        let mended = self.stage.file("mended.json", good);
        self.choose_file("#f-file", &mended).await;
        self.go_by("form[action='/banks'] button[value=load]").await;
        self.stage.go("/banks/branch-work").await;
        self.stage.says("main h1", if self.is_chinese() { "党支部工作条例" } else { "branches" }).await;
    }

    /// The ready form, changed to open now, with a mistake on the way.
    async fn makes_a_test(&self) {
        self.stage.go("/").await;
        self.go_by("ol.steps a[href='/tests/new']").await;
        self.fill("#f-title_zh", "第一次测试").await;
        self.fill("#f-title_en", "The first test").await;
        self.fill("#f-test", "first").await;
        self.fill("#f-pass", "161").await;
        self.opens_now().await;
        self.go_by("#plan > p.actions button[value=make]").await;
        self.stage.find("#f-pass-error").await;
        assert_eq!(self.stage.find("#f-title_en").await.value().await.unwrap().unwrap(), "The first test");
        self.fill("#f-pass", "60").await;
        self.go_by("#plan > p.actions button[value=make]").await;
        self.stage.says("main h1", if self.is_chinese() { "第一次测试" } else { "The first test" }).await;
        self.go_by("a[href='/tests/first/notice']").await;
        self.stage.says("main", if self.is_chinese() { "第一次测试" } else { "The first test" }).await;
    }

    /// The day before yesterday's minute would do as well; the window's end stays.
    async fn opens_now(&self) {
        let now = self.stage.run("var d = new Date(Date.now() - 120000); var two = function (n) { return ('0' + n).slice(-2); };
            return [String(d.getFullYear()), two(d.getMonth() + 1), two(d.getDate()), two(d.getHours()), two(d.getMinutes())];").await;
        let [year, month, day, hour, minute] = [0, 1, 2, 3, 4].map(|at| now[at].as_str().unwrap().to_owned());
        let value = format!("{year}-{month}-{day}T{hour}:{minute}");
        if self.hands == Hands::Keyboard {
            self.type_time("#f-opens", [&year, &month, &day, &hour, &minute]).await;
        } else {
            // A phone's own wheels can't be turned from here.
            self.stage.run(&format!("document.getElementById('f-opens').value = '{value}'")).await;
        }
        assert_eq!(self.stage.run("return document.getElementById('f-opens').value").await, value);
    }

    /// A member sits it: answers some, sees what is missing, hands in.
    async fn sits_the_test(&self) {
        self.go_by("a[href='/tests/first']").await;
        self.go_by("form[action$='/start'] button").await;
        if self.hands == Hands::WithoutScript {
            for position in 1..=3 {
                self.press(&format!("#q{position} label.option:nth-of-type(2)")).await;
            }
            self.go_by("#exam button[value=save]").await;
            self.go_by("#exam .no-js button[value=submit]").await;
        } else {
            let next = if self.hands == Hands::Touch { "#next" } else { "#q2 input" };
            for position in 1..=3 {
                self.press(&format!("#q{position} input")).await;
                self.stage.says(&format!("#s{position}"), if self.is_chinese() { "已保存" } else { "Saved" }).await;
                if self.hands == Hands::Touch {
                    self.press(next).await;
                }
            }
            if self.hands == Hands::Touch {
                self.press("#open-card").await;
            }
            self.go_by("#to-check").await;
        }
        self.stage.says("main", "4").await;
        self.go_by("form[action$='/submit'] button").await;
        self.stage.says("main", if self.is_chinese() { "已交卷" } else { "anded in" }).await;
    }

    /// The committee goes down to a branch, and up again.
    async fn reads_the_report(&self) {
        self.go_by("a[href='/tests/first/report']").await;
        self.stage.says("main", "机关第一党支部").await;
        self.go_by("main table a[href$='branch=ZB1']").await;
        self.stage.says(".crumbs [aria-current]", "机关第一党支部").await;
        self.go_by(".crumbs a[href*='branch=JG']").await;
        self.stage.says(".crumbs [aria-current]", "机关党委").await;
        let sat = self.stage.driver.find(By::Css("main")).await.unwrap().text().await.unwrap();
        assert!(sat.contains('1') && sat.contains('2'), "{sat}");
    }
}

async fn first_test(hands: Hands, language: &'static str) {
    let (person, link) = Person::before_an_empty_unit(hands, language).await;
    person.sets_up(&link).await;
    person.loads_the_roster().await;
    person.sign_in("zuzhi", PASSWORD).await;
    person.loads_a_bank().await;
    person.makes_a_test().await;
    person.sign_in("chenming", PASSWORD).await;
    person.sits_the_test().await;
    person.sign_in("dangwei", PASSWORD).await;
    person.reads_the_report().await;
    person.stage.close().await;
}

#[tokio::test]
async fn by_touch_in_chinese() {
    first_test(Hands::Touch, "zh-CN").await;
}

#[tokio::test]
async fn by_touch_in_english() {
    first_test(Hands::Touch, "en").await;
}

#[tokio::test]
async fn by_the_keyboard_alone_in_chinese() {
    first_test(Hands::Keyboard, "zh-CN").await;
}

#[tokio::test]
async fn by_the_keyboard_alone_in_english() {
    first_test(Hands::Keyboard, "en").await;
}

#[tokio::test]
async fn without_script_in_chinese() {
    first_test(Hands::WithoutScript, "zh-CN").await;
}

#[tokio::test]
async fn without_script_in_english() {
    first_test(Hands::WithoutScript, "en").await;
}
