# 命令行的输出。
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
cli-first-link = 还没有管理员。请打开此链接设置第一位管理员（只能用一次）：{ $link }
cli-clock-behind = 本机时钟早于最近一次记录的时间（{ $value }）。请校准时钟；若时间无误，请加 --accept-clock 启动。
cli-already-served = 这份数据已由进程 { $value } 提供服务。请先停止它，或换一个目录。
cli-cannot-listen = 无法在该地址监听（{ $value }）。端口可能被占用，请用 --listen 换一个。
cli-bank-good = { $file }：题库 { $bank }，{ $count } 题，没有错误。
cli-bank-bad = 有错误的文件：{ $value } 个。请修改后再检查。
cli-bank-loaded = { $bank }：第 { $edition } 版；新增 { $added }，修改 { $changed }，删除 { $removed }，未变 { $unchanged }。
cli-bank-would-load = { $bank }：将成为第 { $edition } 版；新增 { $added }，修改 { $changed }，删除 { $removed }，未变 { $unchanged }。尚未保存。
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
cli-draw-differs = 以下答卷的试卷与抽题结果不一致：{ $value }
cli-trace-holds = 改动记录核验通过：共 { $links } 条，末端摘要 { $head }。
cli-trace-broken = 改动记录不一致，首先出现在 { $value }：有记录被修改、删除或调换次序，或成绩与记录不符。
cli-report-final = 最终结果
cli-report-provisional = 尚未结束
cli-report-heading = 应考	实考	参考率%	平均分%	合格率%	优秀率%	党组织（* 直属人员）
cli-whole-unit = 全单位
cli-backup-exists = { $value } 已存在。请换一个文件名，备份不会覆盖已有文件。
cli-backup-written = 备份已写入 { $file }。可这样试用：kaohe restore { $file } --data 新目录
cli-restore-not-empty = { $value } 中已有数据。请恢复到空目录。
cli-restored = 已恢复到 { $folder }。
