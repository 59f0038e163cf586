list-comma = 、

# 各页通用
product = 考核 Kaohe
language-name = 中文
text-size = 字号
text-now = 字号 { $percent }%
text-smaller = 缩小字号
text-larger = 放大字号
skip-to-content = 跳到正文
nav = 主导航
crumbs = 所在位置
nav-tests = 考试
nav-banks = 题库
nav-people = 人员
nav-branches = 党组织
nav-roster = 名册
pattern-day = %Y年%-m月%-d日
pattern-moment = %Y年%-m月%-d日 %H:%M
span = { $from } 至 { $to }
list-semicolon = ；
to-home = 回到首页
back = 返回
print = 打印
save = 保存
all = 全部
total = 合计
search = 查找
pages = 翻页
page-before = 上一页
page-after = 下一页
request-id = 请求编号
whole-unit = 全单位
branch-elsewhere = 已划出的党组织（合计）
check-only = 只检查，不写入
reason = 理由
reason-help = 会记入改动记录，最多 500 字。
name = 姓名
login = 登录名
password = 密码
number = 编号
category = 人员类别
roles = 角色
role-none = 没有角色
roles-none = 您还没有任何角色。请联系管理员把您列入名册。
role-member = 成员
role-organizer = 考务员
role-committee = 党委
role-administrator = 管理员
branch = 党组织
all-branches = 全部党组织
people = 人数
share = 比例

# 登录与账号
sign-in = 登录
sign-out = 退出登录
sign-out-everywhere = 在所有设备上退出
sign-in-help = 登录名和首次密码由本单位管理员发放。忘记密码请联系管理员重置。
sign-in-next = 登录后回到刚才的页面。
password-title = 修改密码
password-must-change = 首次密码只能用一次，请先换成自己的密码。
password-before = 现在的密码
password-after = 新密码
password-again = 再输一次新密码
password-help = 至少 { $least } 个字符。一句好记的话就很安全。
password-change = 修改密码
password-changed = 密码已修改，其他设备上的登录已全部退出。
password-wrong = 现在的密码不对。
password-differs = 两次输入的新密码不一样。
set-up-title = 设置第一位管理员
set-up-intro = 这个链接只能用一次。管理员维护党组织和人员，不能查看标准答案，也不能改动成绩。
set-up-do = 完成设置并登录
your-name = 您的姓名
account-title = 我的账号

# 首页
home-title = 首页
home-hello = { $name }，您好
home-now = 现在可以考
home-now-none = 现在没有需要您参加的考试。
home-coming = 即将开始
home-done = 已结束
home-not-sat = 未参加
home-facts = { $span } · { $minutes } 分钟 · { $questions } 题
home-running = 正在答题，{ $deadline } 截止。
home-office = 我负责的考试
continue = 继续答题
to-test = 查看并开始
see-result = 查看结果
see-review = 查看成绩和解析
no-score = 成绩尚未产生
score-of = { $score } 分（满分 { $full } 分）
receipt = 交卷回执
receipt-help = 请截图或抄下回执。对成绩有疑问时，凭它核对。
home-counts = 已交卷 { $finished } 份，正在答 { $working } 份
home-office-over = 已结束
tests-all = 全部考试
steps-title = 开始使用
steps-done = 共 { $all } 步，已完成 { $done } 步
step-branches = 录入党组织
    .do = 去录入党组织
    .who = 由管理员完成
    .why = 各级党组织和支部，成绩按它们汇总。
step-people = 录入人员
    .do = 去录入人员
    .who = 由管理员完成
    .why = 用一张名册表格一次导入，每人一个登录名。
step-organizer = 指定考务员
    .do = 去指定考务员
    .who = 由管理员完成
    .why = 考务员管题库、出试卷、看进度；管理员看不到标准答案。
step-bank = 导入题库
    .do = 去导入题库
    .who = 由考务员完成
    .why = 试题、标准答案、解析和依据都在题库里。
step-test = 创建考试
    .do = 去创建考试
    .who = 由考务员完成
    .why = 定好时间、范围和题量，每人的试卷随机抽取。
step-done = 已完成
step-later = 稍后
keep-title = 维护

# 考试状态
state-coming = 未开始
state-open = 进行中
state-closed = 已结束，结算中
state-final = 已结算
state-cancelled = 已取消
cancelled-because = 本场考试已取消。原因：{ $reason }

# 考试公告
announcement = 考试公告
announce-paper = 试卷
announce-rules = 规则
section = 部分
kind = 题型
questions = 题数
points-each = 每题分值
points = 分值
kind-single = 单项选择题
kind-multiple = 多项选择题
kind-true_false = 判断题
kind-blank = 填空题
policy-all_or_nothing = 全部选对才得分
policy-half_if_incomplete = 漏选得一半，错选不得分
policy-per_option = 按选对的项给分，有错选不得分
policy-right_minus_wrong = 选对项减选错项，最低 0 分
occasion = 考试类别
occasion-practice = 练习
occasion-monthly = 月考
occasion-quarterly = 季度考核
occasion-annual = 年度考核
occasion-make_up = 补考
occasion-inspection = 抽查
keep-best = 多次参加时，取最高分。
keep-last = 多次参加时，取最后一次的成绩。
keep-first = 多次参加时，取第一次的成绩。
keep-mean = 多次参加时，取平均分。
rule-minutes = 从点“开始答题”起计时，限时 { $minutes } 分钟；到考试结束时间一律截止。
rule-extra = 为您另加 { $minutes } 分钟。
rule-attempts = 可以参加 { $attempts } 次。
rule-lines = 满分的 { $pass }% 为合格，{ $excellent }% 为优秀，达到即算。
rule-late = 开考 { $minutes } 分钟后不能再进入。
rule-earliest = 开始 { $minutes } 分钟后才能交卷。
rule-saving = 每答一题自动保存。断网、换设备、关机后重新登录，可以接着答。
review-never = 本场考试不公布标准答案。
review-after_submit = 交卷后可以查看标准答案和解析。
review-after_close = 考试全部结束后，可以查看标准答案和解析。
commitment = 抽题封存码：证明试卷没有被改过
commitment-explained = 抽题规则、题库版本和随机种子在开考前已经封存成下面这串代码。考试结束后公布种子，任何人都可以验证自己的试卷是按规则抽出来的，事后没有改动。它不能证明操作服务器的人事先没有看过。
start = 开始答题
start-again = 再考一次
start-explained = 点“开始答题”后立即计时，您有 { $minutes } 分钟。
opens-later = 考试尚未开始，{ $opens } 开放。
opens-in = 离开始还有 { $time }
opens-wait = 可以停在这个页面，到时会自动出现“开始答题”。不必反复刷新。
look-again = 刷新看看
closed-since = 考试已于 { $closed } 结束。
too-late = 已过最晚进入时间，不能再开始。如有特殊情况，请联系考务员。
no-attempt-left = 您已经考完，没有剩余次数。

# 答题
exam-progress = 已答 { $done } · 未答 { $left }
exam-done = 已答 { $done }
exam-left = 未答 { $left }
exam-until = { $time } 截止
exam-part = 第 { $number } 部分　{ $title } · 每题 { $points } 分
exam-previous = 上一题
exam-next = 下一题
exam-card = 答题卡
exam-card-close = 关闭答题卡
exam-time-hide = 隐藏时间
exam-time-show = 显示时间
exam-time-hidden = 时间已隐藏，还剩 10 分钟时会再显示
exam-show-one = 一次只看一题
exam-show-all = 整卷一页显示
exam-keys = 键盘：在题目中按 A–F 或 1–9 选择，Enter 下一题，Shift+Enter 上一题，M 标记。
exam-key-flagged = 已标记
exam-check = 检查并交卷
exam-save = 保存答案
exam-flag = 标记
exam-no-script = 请随时点“保存答案”。{ $deadline } 截止，之后不能再保存。
exam-saved = 已保存 { $time }
exam-saving = 正在保存…
exam-unsaved = 尚未保存，会自动重试
exam-refused = 这个答案无法保存，请改一下
exam-all-saved = 全部已存好
exam-saved-all = 答案已保存。
exam-some-unsaved = { $count } 题尚未保存
exam-key-saved = 已保存
exam-key-unsent = 待发送
exam-key-empty = 未作答
exam-minutes-left = 还剩 { $minutes } 分钟
exam-time-over = 时间到，正在交卷…
exam-signed-out = 登录已失效。您的答案还留在本机，重新登录后会自动补存。
exam-other-person = 这台设备上换了别的账号登录。您的答案还留在本机，请用自己的账号重新登录。
exam-stale = 此题已在另一处改过，现在显示的是已保存的答案。您在这里选的是：{ $sent }。
exam-taken-over = 本场考试已转到另一台设备上作答，这里不能再保存。
exam-take-over = 在此设备继续
exam-over = 本场考试已经结束，不能再保存。
exam-lost = 以下各题最后的改动没有在截止前送达：第 { $positions } 题。请把这个情况告诉考务员。
exam-wait = 第 { $positions } 题还没有保存成功。正在重试，保存好后即可交卷。
exam-conflicts = 以下各题在另一处改过，没有覆盖。页面上显示的是已保存的答案；如要改用您的答案，请重新选择后保存。
exam-you-sent = 您提交的是：{ $sent }
exam-misfit = 第 { $number } 题的答案无法保存，请检查。
question-number = 第 { $number } 题
gap = 第 { $number } 空
right = 正确
wrong = 错误
no-answer = 未作答
check-title = 检查并交卷
check-complete = 全部 { $count } 题都已作答。
check-unanswered = 还有 { $count } 题未答：第 { $numbers } 题。
check-go-back = 点题号可以回去作答：
check-time = 还剩 { $minutes } 分钟，{ $deadline } 截止。交卷后不能再改。
check-too-early = { $from } 之后才能交卷。您的答案都已保存。
check-back = 返回继续答题
submit = 确认交卷

# 结果
result-title = 考试结果
result-submitted = 已交卷，可以离开
result-note = 本结果仅反映理论学习考核情况，不作为民主评议党员等次。
finished-by-deadline = 时间到，系统已用保存的答案自动交卷。
finished-by-organizer = 考务员提前结束了考试，系统已用保存的答案交卷。
full-marks = 得分（满分 { $full }）
grade = 等次
excellent = 优秀
passed = 合格
not-passed = 未合格
pending = 还有 { $count } 题待评阅，成绩可能变动。
review-title = 逐题解析
review-practice = 练习不计入考核成绩。
mark-of = 得 { $mark } 分 / { $points } 分
my-answer = 我的答案
chosen = 我的选择
correct-answer = 标准答案
correct-one = 应选
any-order = （各空顺序不限）
explanation = 解析
citation = 依据

# 考试管理
tests-none = 还没有考试。导入题库后，就可以创建第一场。
test = 考试
test-name = 考试代号
window = 考试时间
state = 状态
report = 成绩报告
manage = 管理此考试
manage-overview = 基本情况
manage-do = 操作
audience = 参加范围
audience-except = 不含 { $codes }
pinned = 题库版本（已锁定）
papers = 试卷
papers-out = 已有人领到试卷
papers-not-out = 还没有人领到试卷
due = 应考
working = 正在答题
not-yet = 尚未参加
test-new = 创建考试
test-new-help = 已按现有题库写好一份，改成您要的就行。保存之前什么都不会生效。
test-definition = 考试文件（JSON）
test-file = 或者选择一个文件
test-file-help = 选了文件，就以文件为准。
test-make = 创建考试
test-edit = 修改考试
test-edit-help = 在第一份试卷发出之前，除代号外都可以修改。保存后重新抽题封存。
test-edit-papers-out = 已有人领到试卷，现在只能延长时间（结束时间、答题分钟数、最晚进入时间）。
test-change = 保存修改
## 创建和修改考试的表单
form-naming = 考试名称
form-title-zh = 标题（中文）
    .help = 中文、英文至少填一个。
form-title-en = 标题（英文）
    .help = 可以不填。
form-test = 考试代号
    .help = 用在网址和文件名里。已自动取好，可以改；只用字母、数字和 . _ -，创建后不能再改。
form-occasion = 考试类别
    .help = 练习不计入考核成绩。
form-first-title = 党建知识测试
form-due = 应考 { $count } 人
form-members = { $count } 人
form-branches = 参加的党组织
    .help = 勾选一个党组织，就包括它的全部下级。
form-except = 其中不参加的党组织
    .help = 勾选的党组织连同下级不参加本场考试。
form-outside = 请至少勾选一个您负责的党组织；不归您负责的不能勾选。
form-zone = 时间按服务器所在时区填写：{ $zone }。
form-opens = 开始时间
    .help = 从这时起可以开始答题。
form-closes = 结束时间
    .help = 到这时全部截止，正在答题的自动交卷。
form-minutes = 答题时间（分钟）
    .help = 每人从点“开始答题”起计时。
form-late = 最晚进入（开考后多少分钟）
    .help = 超过后不能再开始。不填则结束之前都可以进入。
form-earliest = 最早交卷（答题多少分钟后）
    .help = 不填则随时可以交卷。
caution-opens-in-the-past = 开始时间已经过去，保存后马上开考。
caution-window-short = 从开始到结束的时间比答题时间短，没有人能用足答题时间。
caution-late-shuts-most = 最晚进入时间太早：开放时间过半之前就不让进了，来得晚的人无法参加。考试开放一整天时，一般不填这一项。
caution-submit-at-the-end = 最早交卷时间不早于答题时间，要等到时间用完才能交卷。
form-marks = 次数与成绩
form-pass = 合格线（%）
    .help = 占满分的百分比，达到即算。
form-excellent = 优秀线（%）
    .help = 占满分的百分比，达到即算。
form-attempts = 每人可以参加几次
form-keep = 参加多次时取
form-keep-best = 最高分
form-keep-last = 最后一次
form-keep-first = 第一次
form-keep-mean = 平均分
form-review = 公布标准答案
    .help = “交卷后”只用于练习，免得先考的告诉后考的。
form-review-never = 不公布
form-review-after_submit = 本人交卷后（只限练习）
form-review-after_close = 考试全部结束后
form-paper = 组卷
form-paper-help = 一份试卷分几个部分，每部分一种题型。每一行说明从哪个题库抽多少题；每人的题目随机抽取，各不相同。
form-no-banks = 还没有可以抽题的题库，请先导入题库。
form-section = 第 { $number } 部分
form-row = 第 { $section } 部分第 { $row } 行
form-kind = 题型
form-points = 每题分值
form-policy = 多选题怎样计分
form-bank = 题库
form-count = 抽几题
form-choose = 请选择
form-choose-bank-first = 请先选择题库。
form-there = 符合条件的有 { $there } 题：易 { $easy }、中 { $middling }、难 { $hard }
form-there-short = 不够，符合条件的只有 { $there } 题：易 { $easy }、中 { $middling }、难 { $hard }
form-questions-there = { $count } 题
form-narrow = 限定知识点、难度
form-topics = 知识点
form-topics-help = 都不勾选，就从全部知识点抽题。
form-difficulty = 难度搭配
form-difficulty-help = 都不填，则不限难度；要填，三项合计应等于本行题数。
form-easy = 易（难度 1–2）
form-middling = 中（难度 3）
form-hard = 难（难度 4–5）
form-mix = 其他难度段
    .help = 写成“难度段: 题数”，用逗号隔开，例如 1-3: 5, 4-5: 5。
form-own-title = 自定这部分的标题
form-section-title-zh = 标题（中文）
    .help = 不填则用题型名称。
form-section-title-en = 标题（英文）
form-section-total = 本部分 { $questions } 题，{ $points } 分
form-total = 全卷 { $questions } 题，满分 { $points } 分；{ $pass } 分合格，{ $excellent } 分优秀
form-enough = 题目足够，每份试卷都能抽满。
form-short = 题目不够，还不能创建：
form-add-row = 再加一个题库或知识点
form-add-section = 增加一个部分
form-remove-row = 删去第 { $row } 行
form-remove-section = 删去第 { $number } 部分
form-check = 检查
form-try = 试做一份
form-mistakes = 有 { $count } 处要改，还没有保存：
form-mistake = { $field }：{ $text }
form-at = { $place }{ $field }
form-filled = 已按文件填好表单，请核对后保存。
form-copied = 已按原来的考试填好：时间后移到将来的同一星期几，代号是新的。请核对后创建。
form-name-taken = 这个代号已被另一场考试使用，请换一个。
form-as-file = 同样的内容写成文件（JSON）
form-as-file-help = 下面是表单现在的内容。可以复制保存；也可以改好文字或选择文件，再点“用文件填写表单”。
form-fill = 用文件填写表单
form-problem-missing = 请填写这一项。
form-problem-empty = 请填写这一项。
form-problem-wrong-type = 请填一个数，例如 10。
form-problem-bad-points = 请填一个不小于 0 的数，最多两位小数。
form-problem-out-of-range = “{ $found }”超出范围，请填 { $expected } 之间的数。
form-problem-bad-name = “{ $found }”不能作代号：只用字母、数字和 . _ -，最多 64 个字符。
form-problem-bad-time = 请选择日期和时间，例如 2026-11-20 09:00。
form-problem-closes-first = 结束时间要晚于开始时间。
form-problem-practice-only = 只有练习才能在交卷后公布标准答案。请改为“考试全部结束后”，或把考试类别改为练习。
form-problem-excellent-below-pass = 优秀线不能低于合格线。
form-problem-bands-sum = 各难度合计 { $found } 题，应等于本行的 { $expected } 题。
form-problem-bands-overlap = 难度段“{ $found }”与别的段重叠。
form-problem-unknown-bank = 没有可以抽题的题库“{ $found }”，请另选一个。
form-problem-unknown-topic = 题库里没有知识点“{ $found }”了，请取消勾选。
form-problem-unknown-branch = 没有代码为“{ $found }”的党组织，请取消勾选。
test-copy = 复制这场考试
test-file-download = 下载考试文件（JSON）
newer-title = 题库有新版本
newer-edition = { $bank }：本场考试用第 { $pinned } 版，最新是第 { $newest } 版
newer-take = 保存时改用最新版本
newer-help = 不勾选，就继续用原来的版本。
newer-go = 去“修改考试”里选择
trial = 试做
trial-do = 试做一份
trial-mark = 这是试做，不是正式试卷。
trial-explained = 题目按组卷规则随机抽出，与任何人的试卷无关；作答不保存、不计分，也不显示标准答案。
trial-facts = 共 { $questions } 题，满分 { $points } 分，限时 { $minutes } 分钟
trial-again = 换一份
trial-back = 回到表单
notice = 考试通知
notice-copy = 复制全文
notice-copied = 已复制
notice-help = 可以复制到办公软件里再修改，或者直接打印。
notice-title = 关于组织“{ $title }”的通知
notice-to = 各有关党组织：
notice-start = 现将组织“{ $title }”的有关事项通知如下。
notice-heading = { $number }、{ $heading }
notice-number-1 = 一
notice-number-2 = 二
notice-number-3 = 三
notice-number-4 = 四
notice-number-5 = 五
notice-number-6 = 六
notice-time = 考试时间
notice-time-line = { $from }至{ $to }。
notice-who = 参加范围
notice-who-line = { $units }及所属党组织党员{ $has_except ->
        [yes] （{ $except }除外）
       *[no] {""}
    }，共 { $due } 人。
notice-paper = 试卷
notice-paper-line = 共 { $questions } 题，满分 { $full } 分：{ $sections }。试题从题库随机抽取，每人不同。
notice-section = { $title } { $questions } 题，每题 { $points } 分
notice-lines = { $pass } 分（含）以上为合格，{ $excellent } 分（含）以上为优秀。
notice-rules = 考试规则
notice-item = { $number }. { $text }
notice-how = 参加方式
notice-address-line = 用手机或电脑的浏览器打开 { $address } ，用本人账号登录后点“开始答题”。
notice-contact = 联系人
notice-contact-line = { $name }，电话：
notice-office = （发文单位）
fields-title = 各项说明
field-test = 考试代号，只用字母、数字和 . _ -，不能与别的考试相同。标题可以中英文各写一个。
    .names = test, title
field-occasion = practice 练习、monthly 月考、quarterly 季度考核、annual 年度考核、make_up 补考、inspection 抽查。练习不计入考核成绩。
    .names = occasion
field-audience = 参加范围：党组织代码，包含其下级；except 里的除外。
    .names = audience
field-opens = 开始和结束时间，要写时区，例如 2026-11-20T09:00:00+08:00。
    .names = opens, closes
field-minutes = 每人答题的分钟数。
    .names = minutes
field-attempts = 每人可以参加几次；取哪一次的成绩：best 最高、last 最后、first 第一、mean 平均。
    .names = attempts, keep
field-pass = 合格线和优秀线，占满分的百分比，达到即算。
    .names = pass, excellent
field-review = 何时公布标准答案：never 不公布、after_close 全部结束后、after_submit 交卷后（只限练习）。
    .names = review
field-late = 可以不写。最晚进入：开考后多少分钟；最早交卷：开始后多少分钟。
    .names = late_minutes, earliest_submit_minutes
field-sections = 各部分：标题、题型（single、multiple、true_false、blank）、每题分值；多选题的计分办法 policy：all_or_nothing、half_if_incomplete、per_option、right_minus_wrong。
    .names = sections
field-draw = 从哪个题库抽多少题；可以限定知识点 topics 和难度比例 difficulty，如 "1-2": 4。
    .names = draw
done-made = 考试已创建，抽题规则已封存。
done-changed = 修改已保存。
done-window = 个人时间已调整。
done-closed = 考试已结束并结算。
close-now = 现在结束考试
close-explained = 现在有 { $working } 人正在答题。结束后不能再开始，正在答的会按已保存的答案交卷。此操作不能撤销。
cancel-title = 取消考试
cancel-explained = 取消后谁也不能再参加，成绩不计入任何统计；已有的作答会保留。此操作不能撤销。
cancel-do = 取消这场考试
window-title = 给个人加时或改时间
window-extra = 加多少分钟
window-extra-help = 加在截止时间之后，不受考试结束时间限制。
window-closes = 个人结束时间
window-closes-help = 不填则不变。
window-set = 保存个人时间
draw-check = 验证抽题
draw-holds = 验证通过：重新抽了 { $papers } 份试卷，与存档完全一致，封存码相符。
draw-commitment-broken = 封存码不符：规则、题库版本或种子在封存后被改过。
draw-differs = 有 { $papers } 份试卷与存档不一致：
draw-explained = 按封存的规则和种子把每份试卷重新抽一遍，与存档逐字比较。
draw-proof = 下载验证资料（JSON）
export-attempts = 下载成绩明细（CSV）
export-responses = 下载答题明细（CSV）
export-csv = 导出 CSV
export-xlsx = 导出 Excel

# 应考情况
presence-title = 应考情况
presence-sat = 实考
presence-absent = 缺考
presence-excused = 请假
presence-exempt = 免考
presence-disqualified = 违纪
presence-set = 设置
presence-to = 改为
presence-take-back = 撤销已设的情况
presence-count = 共 { $count } 人
presence-none = 没有符合条件的人。

# 成绩报告
participation = 参考率
mean = 平均分
median = 中位
highest = 最高
lowest = 最低
deviation = 标准差
pass-rate = 合格率
pass-rate-range = 合格率（可能范围）
excellence-rate = 优秀率
passed-count = 合格人数
excellent-count = 优秀人数
of-due = 占应考
code = 代码
report-final = 考试已结算，以下为最终结果。
report-provisional = 考试尚未结算，以下为暂时结果；现有 { $working } 人正在答题。
report-branches = 各党组织
direct-members = { $branch }（直属人员）
distribution = 分布（0–100）
distribution-label = { $sat } 人的分数分布，{ $below } 人未达合格线
judgement = 判断
judged-nobody = 无人参加
judged-few = 人数少，不作判断
judged-alone = 无可比较
judged-same = 无明显差异
judged-above = 明显高于其他
judged-below = 明显低于其他
bands = 分数段
band = 百分制
weak-topics = 薄弱知识点
topic = 知识点
share-won = 得分率
points-won = 得分/总分
absent-list = 缺考 { $count } 人
not-yet-list = 尚未参加 { $count } 人
excused-list = 请假 { $count } 人
disqualified-list = 违纪 { $count } 人
failed-list = 未合格 { $count } 人
official-order = 恢复正式排序
list-none = 没有。
definitions = 应考 = 实考 + 缺考 + 请假 + 违纪（不含免考）；参考率 = 实考 ÷ 应考；分数按满分 100 折算；合格 ≥ { $pass }，优秀 ≥ { $excellent }，合格率、优秀率以实考人数计，“占应考”以应考人数计。标准差按 n−1 计。可能范围为 95% 威尔逊区间。
definitions-judgement = “判断”是该组织与其余各组织平均分之差，已考虑人数多少，仅供参考，不决定名次；实考少于 5 人不作判断。上级数字由全体成员直接合计，不是平均数的平均。
definitions-internal = 本报告供内部使用，公开前请去除个人姓名。
trace-head = 改动记录末码
sign-maker = 制表人：
sign-checker = 审核人：
sign-secretary = 书记（签字）：
sign-seal = （盖章）
sign-date = 　　年　　月　　日

# 题库
bank = 题库
banks-none = 还没有题库。请在下面导入第一个。
edition = 版本
edition-number = 第 { $number } 版
shared = 下级可用
shared-yes = 可用
shared-no = 不可用
bank-load = 导入题库
bank-load-first = 导入第一个题库
bank-file = 题库文件（JSON）
bank-file-help = 同名题库会生成新的版本；已有考试仍用原来锁定的版本。
bank-shared = 允许下级党组织的考务员用它抽题（看不到标准答案）
bank-load-do = 导入
bank-loaded = 题库 { $bank } 已导入，现为第 { $edition } 版：新增 { $added } 题，修改 { $changed } 题，删除 { $removed } 题，未变 { $unchanged } 题。
bank-checked = 检查通过，没有写入。导入后 { $bank } 为第 { $edition } 版：新增 { $added } 题，修改 { $changed } 题，删除 { $removed } 题，未变 { $unchanged } 题。
bank-export = 导出题库
bank-no-keys = 这个题库由上级共享：可以用它抽题，看不到试题和标准答案。
bank-drawable = 可抽题数
bank-topics = 知识点
bank-as-member = 按考生看到的样子显示
bank-with-keys = 显示标准答案和解析
bank-none-found = 没有符合条件的试题。请减少条件再找。
search-questions = 题干、选项、解析、依据或编号
bank-changes = 版本对比
bank-same = 两个版本的试题完全相同。
bank-changed = 修改 { $count } 题
bank-added = 新增 { $count } 题
bank-removed = 删除 { $count } 题
edition-before = 旧版本
edition-after = 新版本
compare = 对比
bank-questions = 试题 { $from }–{ $to }（共 { $all } 题）
retired = 已停用
difficulty = 难度
difficulty-count = { $difficulty } 级 { $number } 题
file-refused = 文件没有导入：{ $file }
problem-place = 位置
problem-what = 问题
problem-remedy = 怎么改
problem-line = 第 { $line } 行第 { $column } 列
problem-row = 第 { $row } 行
problems-more = 另有 { $count } 处未列出。

# 人员与名册
search-people = 姓名、登录名或编号
people-count = 共 { $count } 人
people-none = 没有找到人员。
branches-none = 还没有党组织。请管理员在“名册”页录入。
memberships = 组织关系
password-reset = 重置密码
password-reset-explained = 将生成新的首次密码，只显示一次；此人会在所有设备上退出，首次登录须修改密码。
password-reset-do = 生成首次密码
password-reset-done = 已生成首次密码，只显示这一次：
roster-title = 录入名册
roster-intro = 先录党组织，再录人员。每次先检查：系统列出将要新增、变更、调动的内容，看清后再选同一文件正式写入。
roster-branches = 党组织
roster-branches-help = CSV 或 Excel，列：代码、名称、上级、类别（code, name, parent, kind）。
roster-members = 人员
roster-members-help = CSV 或 Excel，列：登录名、姓名、所在支部、角色、密码（login, name, branch, role, password）；可加人员类别、编号、序号、在册。没有登录名列时自动生成。没写角色的为成员。
roster-file = 选择文件
roster-load = 正式写入
roster-checked = 检查通过，没有写入。请看清下面的变化，再选同一文件点“正式写入”。
roster-loaded = 已写入。
roster-new = 新增 { $count }
roster-changed = 变更 { $count }
roster-moved = 调动 { $count }
roster-ended = 结束组织关系 { $count }
roster-missing = 文件中没有（保留不动）{ $count }
roster-ignored = 没有读取这些列：{ $columns }。如果本该读取，请检查表头的写法。
roster-unchanged = 未变 { $count }
first-passwords = 首次密码
first-passwords-once = 只显示这一次。请现在打印或抄录，分发给本人；首次登录须修改。
first-password = 首次密码

# 错误
form-again-signed-in = 您填写的内容还没有提交。请点下面的按钮，在新页面登录，再回到本页刷新一次，刚才填写的内容会重新提交。
form-again = 您填写的内容还没有提交。请过几秒刷新本页，刚才填写的内容会重新提交。
opens-beside = （在新页面打开）
page-too-large = 内容太大
    .remedy = 请减小文件或拆成几份，再试一次。
page-unreadable = 表单没有完整送达
    .remedy = 可能是网络中断。请返回上一页再试一次。
page-wrong-method = 这个地址不能这样打开
    .remedy = 请从首页重新进入。
page-failed = 服务器出错了
    .remedy = 已保存的答案不会丢失。请稍后再试；如果还是不行，请联系管理员。
error-sign-in-needed = 需要登录
    .remedy = 登录后继续。
error-foreign-origin = 请求不是从本系统的页面发出的
    .remedy = 请从本系统的页面重新操作。
error-wrong-credentials = 登录名或密码不对
    .remedy = 请检查大小写和输入法后再试。忘记密码请联系管理员重置。
error-too-many-failures = 失败次数太多
    .remedy = 请等 { $minutes } 分钟再试。忘记密码请联系管理员重置。
error-password-change-needed = 请先修改首次密码
    .remedy = 修改后即可继续。
error-bad-password = 这个密码不能用
    .remedy = 密码为 8 到 200 个字符，不能与原来的相同。
error-link-not-valid = 链接无效或已经用过
    .remedy = 请直接登录；如果还没有管理员，请重新启动服务，使用新打印的链接。
error-forbidden = 您没有权限做这件事
    .remedy = { $known ->
        [yes] 这需要在相应党组织担任“{ $role }”。如需要，请联系管理员。
       *[no] 如需要，请联系管理员。
    }
error-not-found = 没有找到{ $thing }
    .remedy = 它可能不存在，或者您无权查看。请检查地址，或从首页重新进入。
    .command = 它可能不存在，请检查写法。
error-invalid-field = “{ $field }”这一项不对
    .remedy = { $expected }
error-unreadable = { $known ->
        [yes] 请求的第 { $line } 行第 { $column } 列无法读取：{ $why }
       *[no] 请求没有完整送达
    }
    .remedy = { $known ->
        [yes] { $remedy }
       *[no] 请再试一次。
    }
error-invalid-parameter = 网址中的参数不对：{ $why }
    .remedy = { $remedy }
error-too-large = 请求内容太大
    .remedy = 请减少一次发送的内容，或换小一些的文件。
error-invalid-file = 文件有 { $count } 处问题，没有写入
    .remedy = 请按下面的说明改好，再试一次。
error-invalid-sheet = 表格有 { $count } 处问题，没有写入
    .remedy = 请按下面的说明改好，再试一次。
error-shortfall = 题不够，有 { $count } 处抽不满
    .remedy = 请减少题数、放宽知识点或难度，或者补充题库。
error-name-taken = 这个{ $thing }名称已被使用
    .remedy = 请换一个名称。
error-changed-meanwhile = 刚才有别人改过
    .remedy = 请刷新后重新操作。
error-papers-are-out = 已有人领到试卷，不能再这样改
    .remedy = 现在只能延长时间；其他改动请取消后另建一场。
error-test-is-over = 考试已经结束或取消
    .remedy = 不能再改动。
error-not-open = { $state ->
        [early] 考试尚未开始，{ $opens } 开放
       *[closed] 考试已于 { $closed } 结束
    }
    .remedy = { $state ->
        [early] 请到时再来。
       *[closed] 如有特殊情况，请联系考务员。
    }
error-cancelled = 本场考试已取消
    .remedy = 原因：{ $reason }
error-too-late = 已过最晚进入时间
    .remedy = 如有特殊情况，请联系考务员。
error-no-attempt-left = 没有剩余次数
    .remedy = 您可以在首页查看结果。
error-too-early = 还不能交卷
    .remedy = { $from } 之后可以交卷，答案都已保存。
error-stale-save = 此题已在另一处改过
    .remedy = 请看已保存的答案，需要时重新选择。
error-taken-over = 本场考试已转到另一台设备
    .remedy = 要在这里作答，请点“在此设备继续”。
error-attempt-finished = 已经交卷
    .remedy = 不能再保存，可以查看结果。
error-deadline-passed = 时间已到
    .remedy = 截止前保存的答案已经计入。
error-response-misfit = 答案与题型不符：{ $misfit }
    .remedy = 请重新作答。
error-busy = 现在人多，请稍等
    .remedy = 请过几秒再试一次。
error-not-for-this-database = 这个操作不适用于当前数据库
    .remedy = 请使用数据库自己的备份工具。
error-internal = 服务器出错了
    .remedy = 已保存的答案不会丢失。请稍后再试；如果还是不行，请把请求编号告诉管理员。
thing-page = 页面
thing-bank = 题库
thing-test = 考试
thing-attempt = 作答记录
thing-question = 试题
thing-branch = 党组织
thing-person = 人员
misfit-form = 形式不对
misfit-unknown-label = 没有这个选项
misfit-repeated-label = 选项重复
misfit-gap-count = 空数不对
misfit-too-long = 文字太长
misfit-nul = 含有无法保存的字符
expected-branch = 请选择党组织。
expected-closes-after-opens = 结束时间要晚于开始时间。
expected-filled-first = 您改过下面的文件。请先点“用文件填写表单”，核对后再保存；不想用就把文件改回原样。
expected-login = 登录名为 1 到 100 个字符。
expected-minutes = 请填 0 到 10080 的整数分钟。
expected-no-identity-number = 像是身份证号，系统不保存身份证号。请换一个登录名。
expected-not-empty = 不能为空。
expected-presence = 请选择请假、免考、违纪或撤销。
expected-reason = 请填写理由，最多 500 字。
expected-same-name = 考试代号不能修改。
expected-count = 应为从 1 到上限的整数。
expected-save = 序号应为 1 到 2^53−1 的整数。
expected-moment = 请写成 2026-11-20 09:00 的形式。
shortfall = { $rows }：共需 { $needed } 题，只有 { $there } 题
shortfall-row = 第 { $section } 部分第 { $row } 行（{ $bank }{ $has_topics ->
        [yes] { " · " }{ $topics }
       *[no] {""}
    } · { $kind }{ $has_difficulty ->
        [yes] { " · 难度 " }{ $difficulty }
       *[no] {""}
    }）

problem-syntax = 这里不是正确的 JSON{ $known ->
        [yes] ，应为 { $expected }
       *[no] {""}
    }
    .remedy = 常见原因：少了逗号、引号或括号，或用了中文标点。
problem-too-deep = 嵌套太深
    .remedy = 最多 64 层，请检查括号。
problem-too-large = 文件太大
    .remedy = 上限 { $expected } 字节，请拆成几个。
problem-empty-file = 没有选择文件，或文件是空的
    .remedy = 请选择有内容的文件再试。
problem-not-utf8 = 文件不是 UTF-8 编码
    .remedy = 请用 UTF-8 编码另存后再试。
problem-missing = 缺少“{ $expected }”
    .remedy = 请补上这一项。
problem-unknown-field = 没有“{ $found }”这一项
    .remedy = { $known ->
        [yes] 是不是想写“{ $expected }”？
       *[no] 请删去，或检查拼写。
    }
problem-repeated-field = “{ $found }”写了两次
    .remedy = 只保留一个。
problem-wrong-type = 类型不对，这里是 { $found }
    .remedy = 应为 { $expected }。
problem-not-one-of = 不能写“{ $found }”
    .remedy = 应为其中之一：{ $expected }。
problem-bad-name = “{ $found }”不能作名称
    .remedy = 只用字母、数字和 . _ -，1 到 64 个字符。
problem-bad-label = “{ $found }”不能作选项标号
    .remedy = 请用 A、B、C 这样的标号{ $known ->
        [yes] （{ $expected }）
       *[no] {""}
    }。
problem-bad-code = “{ $found }”不能作代码
    .remedy = 代码为 1 到 100 个字符，不含控制字符。
problem-empty = 不能为空
    .remedy = 请填写内容。
problem-too-many = 太多或太长：{ $found }
    .remedy = 上限 { $expected }。
problem-repeated-id = 编号“{ $found }”重复
    .remedy = { $known ->
        [yes] 第一次出现在第 { $expected } 行，请改用别的编号。
       *[no] 请改用别的编号。
    }
problem-unknown-topic = 没有知识点“{ $found }”
    .remedy = { $known ->
        [yes] 是不是“{ $expected }”？
       *[no] 请先在 topics 里列出，或检查拼写。
    }
problem-unknown-label = 没有选项“{ $found }”
    .remedy = 现有选项：{ $expected }。
problem-repeated = “{ $found }”重复
    .remedy = 只保留一个。
problem-out-of-range = { $found } 超出范围
    .remedy = 应为 { $expected }。
problem-unknown-question = 没有编号为“{ $found }”的试题
    .remedy = { $known ->
        [yes] 是不是“{ $expected }”？
       *[no] 请检查编号。
    }
problem-excludes-itself = 试题不能与自己互斥
    .remedy = 请从 excludes 里删去“{ $found }”。
problem-gaps-differ = 题干中的空与答案对不上：{ $found }
    .remedy = 答案对应的空是 { $expected }，请用 {"{{"}1{"}}"}、{"{{"}2{"}}"}……依次标出，并逐空给出答案。
problem-not-number = “{ $found }”不是数
    .remedy = 标为数值的空，答案要写成数，可带单位。
problem-no-options-here = 这种题型没有选项
    .remedy = 请删去 options。
problem-options-alike = 有两个选项内容相同：{ $found }
    .remedy = 请改掉其中一个。
problem-bad-points = 分值“{ $found }”不对
    .remedy = 分值从 0 起，最多两位小数。
problem-bad-time = 时间“{ $found }”写法不对
    .remedy = 要写日期、时间和时区，例如 2026-11-20T09:00:00+08:00。
problem-closes-first = 结束时间不晚于开始时间
    .remedy = 请改 opens 或 closes。
problem-closes-past = 结束时间已经过去
    .remedy = 请填写将来的结束时间。
problem-bands-overlap = 难度段重叠：{ $found }
    .remedy = 各段不能有重复的难度。
problem-bands-sum = 各难度段合计 { $found } 题
    .remedy = 应等于本行题数 { $expected }。
problem-practice-only = 只有练习可以用“{ $found }”
    .remedy = 请改用 after_close，或把考试类别改为 practice。
problem-excellent-below-pass = 优秀线低于合格线
    .remedy = 请提高 excellent 或降低 pass。
problem-not-for-kind = 这里不能用“{ $found }”
    .remedy = 它只用于 { $expected }，请删去。
problem-unknown-bank = 没有可以抽题的题库“{ $found }”
    .remedy = { $known ->
        [yes] 是不是“{ $expected }”？
       *[no] 请先导入题库，或请上级允许下级使用。
    }
problem-unknown-branch = 没有代码为“{ $found }”的党组织
    .remedy = { $known ->
        [yes] 是不是“{ $expected }”？
       *[no] 请先录入党组织，或检查代码。
    }
problem-more = 另有 { $found } 处问题没有列出
    .remedy = 请先改好上面这些，其余的随后显示。
problem-nul = 含有无法保存的字符
    .remedy = 请删去不可见的空字符（U+0000）。

sheet-unreadable = 无法读取这个文件
    .remedy = 请存为 .xlsx 或 CSV 再试。
sheet-encoding = 编码无法识别
    .remedy = 请存为 UTF-8 或 GB18030 编码的 CSV，或者 .xlsx。
sheet-no-header = 没有找到表头
    .remedy = 表头至少要有：{ $expected }。
sheet-missing-column = 缺少一列：{ $expected }
    .remedy = 请在表头加上这一列。
sheet-repeated-column = 列重复：{ $found }
    .remedy = 只保留一列。
sheet-several-sheets = 文件里有几张工作表都像名册：{ $found }
    .remedy = 请只保留一张，再试一次。
sheet-no-rows = 表头下面没有内容
    .remedy = 请检查是不是选错了文件或工作表。
sheet-too-large = 文件太大或行数太多
    .remedy = 上限 { $expected }，请分成几份。
sheet-empty = 不能为空
    .remedy = 请填写内容。
sheet-bad-text = “{ $found }”太长或含有特殊字符
    .remedy = 请改短，删去换行等控制字符。
sheet-not-one-of = 不认识“{ $found }”
    .remedy = 应为其中之一：{ $expected }。
sheet-not-number = “{ $found }”不是整数
    .remedy = 请填整数。
sheet-repeated = “{ $found }”重复
    .remedy = { $known ->
        [yes] 第一次出现在第 { $expected } 行，只保留一行。
       *[no] 只保留一行。
    }
sheet-unknown-branch = 没有党组织“{ $found }”
    .remedy = { $known ->
        [yes] 是不是“{ $expected }”？
       *[no] 请先录入党组织，或检查名称和代码。
    }
sheet-ambiguous-branch = 有几个党组织都叫“{ $found }”
    .remedy = 请改写代码：{ $expected }。
sheet-circle = “{ $found }”成了自己的下级
    .remedy = 请检查上级一列。
sheet-name-differs = 同一登录名的姓名不一致：{ $found }
    .remedy = 请统一姓名{ $known ->
        [yes] （{ $expected }）
       *[no] {""}
    }，或改用别的登录名。
sheet-two-memberships = “{ $found }”有两个组织关系
    .remedy = 一个人只能在一个支部，请只保留一行。
sheet-identity-number = 像是身份证号
    .remedy = 系统不保存身份证号。请删去，或让系统自动生成登录名。
sheet-bad-password = 密码太短或太长
    .remedy = 应为 { $expected } 个字符；也可以留空，由系统生成首次密码。
sheet-branch-needed = 要写党组织
    .remedy = 只有管理员可以不写，表示全单位。
sheet-outside-rights = “{ $found }”不在您的管理范围内
    .remedy = 请删去这一行，或请上级管理员录入。
sheet-role-not-yours = 您不能授予“{ $found }”
    .remedy = 请由全单位的管理员录入。
sheet-login-taken = 登录名“{ $found }”已是别人的
    .remedy = 请换一个登录名。
sheet-unknown-login = 没有登录名为“{ $found }”的人
    .remedy = 名册上有的人才能停用，请检查登录名。

## 命令行的输出。
cli-database-failed = 数据库无法使用：{ $why }。请检查数据目录或数据库地址及其权限。
cli-file-failed = { $file }：{ $why }。
cli-file-problem = 第 { $line } 行第 { $column } 列（{ $pointer }）：{ $what }{ $remedy }
cli-sheet-problem = 第 { $row } 行“{ $column }”列：{ $what }{ $remedy }
cli-demo-making = 正在生成示例单位：12 个党组织、200 名成员、4 个题库、2 场考试……
cli-demo-not-empty = { $value } 中已有其他数据。请用 --data 另选目录，或不写以使用临时目录。
cli-demo-ready =
    考核系统已就绪：  { $address }

      管理员     admin
      组织员     organizer
      党委       committee   （全单位）
                 secretary   （一个支部）
      成员       m001

    密码均为：{ $password }
    数据目录：{ $folder }
    按 Ctrl-C 停止。
cli-serving = 考核系统正在 { $address } 提供服务，数据在 { $data }。按 Ctrl-C 停止。
cli-serving-rehearsal = Kaohe 演练服务：{ $address }（使用 { $data } 旁边的空库，不动正式数据）。模拟一场考试：kaohe rehearse { $address }。按 Ctrl-C 停止。
cli-rehearse-heading = 步骤	次数	每秒	p50 毫秒	p95 毫秒	p99 毫秒	最长毫秒
cli-rehearse-sign_in = 登录
cli-rehearse-start = 开考
cli-rehearse-save = 保存
cli-rehearse-submit = 交卷
cli-rehearse-machine =
    同一次演练中，空框架每秒应答 { $bare } 次。服务器每次保存用 { $processor } 微秒处理器时间，占内存 { $memory } MB。
    因断线重发 { $repeated } 次，因服务器繁忙重发 { $busy } 次。
cli-rehearse-ready = 可以开考：{ $members } 人考完，显示“已保存”的 { $acknowledged } 个答案全部在库，成绩全部正确。
cli-rehearse-lost = 还不能开考：显示“已保存”的 { $acknowledged } 个答案少了 { $missing } 个；失败 { $failures } 次。
cli-rehearse-not-ready = 演练没有通过。{ $value }
cli-rehearse-failed = 演练无法进行：{ $value }。服务器是用“kaohe serve --rehearsal”启动的吗？
cli-first-link = 还没有管理员。请打开此链接设置第一位管理员（只能用一次）：{ $link }
cli-clock-behind = 本机时钟早于最近一次记录的时间（{ $value }）。请校准时钟；若时间无误，请加 --accept-clock 启动。
cli-already-served = 这份数据已由进程 { $value } 提供服务。请先停止它，或换一个目录。
cli-cannot-listen = 无法在该地址监听（{ $value }）。端口可能被占用，请用 --listen 换一个。
cli-bank-good = { $file }：题库 { $bank }，{ $count } 题，没有错误。
cli-bank-bad = 有错误的文件：{ $value } 个。请修改后再检查。
cli-bank-shared = 已共享：下级组织员可以从中抽题，但看不到标准答案。
cli-bank-not-shared = 未共享：只有本级及上级的组织员可以从中抽题。
cli-bank-none-loaded = 有 { $value } 个文件无法载入，全部没有载入。
cli-bank-loaded = { $bank }：第 { $edition } 版；新增 { $added }，修改 { $changed }，删除 { $removed }，未变 { $unchanged }。
cli-bank-would-load = { $bank }：将成为第 { $edition } 版；新增 { $added }，修改 { $changed }，删除 { $removed }，未变 { $unchanged }。尚未保存。
cli-ignored = 未读取的列：{ $columns }
cli-branches-loaded = 党组织：新增 { $new }，修改 { $changed }，调整隶属 { $moved }，未变 { $unchanged }，文件中没有 { $missing }（保留）。
cli-members-loaded = 人员：新增 { $new }，修改 { $changed }，调动 { $moved }，结束 { $ended }，未变 { $unchanged }，文件中没有 { $missing }（保留）。
cli-first-passwords = 初始密码（只显示这一次，首次登录时须修改）：
cli-first-password = 初始密码：{ $password }（只显示这一次，首次登录时须修改）
cli-dry-run = 这是试运行，未保存任何内容。
cli-user-added = 已添加 { $login }。
cli-password-set = 已设置 { $login } 的密码，其所有登录均已退出。
cli-test-made = 已建立考试 { $test }。抽题封存码：{ $commitment }
cli-test-opened = 考试 { $test } 已开放。
cli-test-closed = 考试 { $test } 已结束，所有答卷均已收回并评分。
cli-draw-holds = 抽题核验通过：重抽 { $papers } 份试卷，份份一致，封存码相符。
cli-commitment-broken = { $value } 的封存码不符：组卷规则、题库版本、参加范围或密钥在封存后被改动。
cli-edition-edited = 以下题库的试题在载入后被改动：{ $value }
cli-draw-differs = 以下答卷的试卷与抽题结果不一致：{ $value }
cli-trace-holds = 改动记录核验通过：共 { $links } 条，末端摘要 { $head }。
cli-trace-broken = 改动记录核验未通过。
cli-trace-link = 第 { $seq } 条记录被修改、删除或调换了次序。
cli-trace-detail-edited = 第 { $seq } 条记录的明细被修改。
cli-trace-detail-missing = 第 { $seq } 条记录的明细已不在，而相应的答题仍保留。
cli-trace-attempt = 考试 { $test }，{ $login }：答卷 { $attempt } 与记录不符（答题、得分、时间或所在党组织）。
cli-trace-unchecked = 考试 { $test }，{ $login }：答卷 { $attempt } 的答题与明细均已删除，无法再核验。
cli-trace-test = 考试 { $test }：规则、时间、取消情况或应考名单与记录不符。
cli-trace-presence = 考试 { $test }，{ $login }：应考情况与记录不符。
cli-report-final = 最终结果
cli-report-provisional = 尚未结束
cli-report-heading = 应考	实考	参考率%	平均分%	合格率%	优秀率%	党组织（* 直属人员）
cli-whole-unit = 全单位
cli-no-data = { $value } 中没有可备份的数据。
cli-restore-other = { $value } 不是考核系统的备份。请使用 kaohe backup 写出的文件。
cli-restore-damaged = { $value } 已损坏，无法完整读取。请换一份备份。
cli-restore-newer = { $value } 由更新版本的程序写出。请使用该版本或更新的版本。
cli-backup-exists = { $value } 已存在。请换一个文件名，备份不会覆盖已有文件。
cli-backup-written = 备份已写入 { $file }。可这样试用：kaohe restore { $file } --data 新目录
cli-restore-not-empty = { $value } 中已有数据。请恢复到空目录。
cli-restored = 已恢复到 { $folder }。
