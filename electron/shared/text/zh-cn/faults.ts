import type { FaultTexts } from '../fault-text.ts';

export const faults: FaultTexts = {
  'not-allowed': {
    happened: '您的岗位无权执行此操作。',
    means: '没有任何改动，本次拒绝已记入日志。',
    todo: '请由有权限的人员登录。',
  },
  'bad-input': {
    happened: '填写的内容无法使用。',
    means: '没有向银行或卡发送任何内容。',
    todo: '请更正后再试。',
  },
  'unknown-call': {
    happened: '此界面请求了工作站不认识的操作。',
    means: '界面与工作站版本不一致，没有任何改动。',
    todo: '请重新启动工作站。',
  },
  'port-closed': {
    happened: '此界面与工作站断开了连接。',
    means: '正在进行的工作已安全记录。',
    todo: '请重试；若仍如此，请重新启动工作站。',
  },
  'internal-error': {
    happened: '工作站自身出错。',
    means: '它在没有把握之前就停了下来。',
    todo: '请把报告编号交给技术员。',
  },

  'sign-in-refused': {
    happened: '工号与密码不符。',
    means: '没有人登录。',
    todo: '请重新输入密码。',
  },
  'sign-in-delayed': {
    happened: '连续输错密码次数过多。',
    means: '工作站需等待后才接受下一次输入[：{seconds} 秒]。',
    todo: '请稍候再输入密码。',
  },
  'session-expired': {
    happened: '长时间未操作，已自动退出。',
    means: '未完成的任务均已保留。',
    todo: '请重新登录。',
  },
  'officers-entered-already': {
    happened: '本工作站已有人员。',
    means: '首位主管早已录入，今后只能由主管录入人员。未执行任何操作。',
    todo: '请登录，或请主管为您录入。',
  },
  'officer-entered-already': {
    happened: '该工号已在本工作站使用[：{officerId}]。',
    means: '没有任何改动。',
    todo: '请使用其他工号，或先注销该人员再重新录入。',
  },
  'officer-unknown': {
    happened: '本工作站没有该工号的人员[：{officerId}]。',
    means: '该人员从未录入、已注销或刚被更改。未执行任何操作。',
    todo: '请重新查看人员列表。',
  },
  'officer-password-weak': {
    happened: '工作站不接受这个密码。',
    means: '密码太短、太容易猜到，或就是移交的初始密码。',
    todo: '请另设一个：至少 12 个字符，且不含工号。',
  },
  'start-password-over': {
    happened: '初始密码已失效。',
    means: '初始密码须在一周内使用。没有人登录。',
    todo: '请向主管索取新的初始密码。',
  },
  'last-manager': {
    happened: '没有其他主管可以接替。',
    means: '否则今后无人能为本工作站录入人员。未执行任何操作。',
    todo: '请先录入另一位主管；需要工作卡时，还须为其制卡。',
  },
  'first-manager-code-refused': {
    happened: '银行不接受本工作站的这个开通码。',
    means: '可能输错、已超过一周，或已用于其他人员。没有录入任何人。',
    todo: '请重新输入，或请银行另发一个。',
  },
  'manager-code-refused': {
    happened: '银行不接受本工作站这位主管的这个授权码。',
    means: '可能输错、已超过一周、已经用过，或发放给了其他人员。没有更改任何密码。',
    todo: '请重新输入授权码和工号，或请银行另发一个。',
  },

  'manager-with-card': {
    happened: '本工作站另有一位主管持有工作卡[：{officerId}]。',
    means: '没有发放授权码。',
    todo: '请由该主管录入继任者并签名。',
  },
  'officer-card-needed': {
    happened: '本工作站还需要本人的工作卡。',
    means: '没有人登录，未执行任何操作。',
    todo: '请插入您的工作卡并输入 PIN。',
  },
  'officer-card-wrong': {
    happened: '读卡器中的卡不是工作卡。',
    means: '没有向它发出任何请求，未消耗重试次数。',
    todo: '请插入您本人的工作卡。',
  },
  'officer-card-of-another': {
    happened: '这是另一位人员的工作卡[：{officerId}]。',
    means: '未消耗它的重试次数。',
    todo: '请插入您本人的工作卡。',
  },
  'officer-card-expired': {
    happened: '工作卡上的证书目前无效[：有效期至 {notAfter}]。',
    means: '它不能再签名。',
    todo: '请向主管申请新卡。',
  },
  'officer-card-revoked': {
    happened: '此工作卡已停用。',
    means: '银行不再接受它的任何签名。',
    todo: '请向主管申请新卡。',
  },
  'officer-card-unknown': {
    happened: '银行没有把此工作卡登记为有效。',
    means: '制卡未完成，或者来自别处。',
    todo: '请主管登记此卡。',
  },
  'officer-card-unchecked': {
    happened: '无法向银行核实此卡是否仍然有效。',
    means: '上一次核实的时间已过久。',
    todo: '请在能连接银行时重试。',
  },
  'officer-card-in-use': {
    happened: '这是一张人员工作卡[：{officerId}]。',
    means: '它用于登录工作站，绝不会被写成客户的卡。',
    todo: '请交还本人，并使用空白卡。',
  },
  'officer-pin-wrong': {
    happened: '工作卡 PIN 不正确。[剩余 {triesLeft} 次。]',
    means: '卡会记录错误次数，并会自行锁定。',
    todo: '请仔细地重新输入。',
  },
  'officer-pin-last-try': {
    happened: '工作卡 PIN 只剩一次机会。',
    means: '工作站绝不会使用最后一次。',
    todo: '请向主管申请新卡。',
  },
  'officer-pin-blocked': {
    happened: '工作卡 PIN 已锁定。',
    means: '它不能再签名。',
    todo: '请向主管申请新卡。',
  },
  'officer-pin-format': {
    happened: '卡 PIN 须为 6 至 8 位数字，且不能是出厂 PIN。',
    means: '没有发送到卡上。',
    todo: '请另输入一个。',
  },
  'officer-signature-needed': {
    happened: '此操作需要您的工作卡签名。',
    means: '未执行任何操作。',
    todo: '请插入工作卡并签名。',
  },
  'officer-signature-refused': {
    happened: '签名未被接受[（{reason}）]。',
    means: '它属于另一份内容、时间、卡或人员。未执行任何操作。',
    todo: '请重新阅读决定并再次签名。',
  },
  'officer-act-expired': {
    happened: '要签名的内容显示已久，或者已改变。',
    means: '没有签名。',
    todo: '请重新阅读并签名。',
  },

  'run-unknown': {
    happened: '本工作站没有这项任务。',
    means: '没有任何改动。',
    todo: '请返回任务列表。',
  },
  'run-busy': {
    happened: '此任务正在执行，或已经结束。',
    means: '您要求的操作没有执行。',
    todo: '请查看任务当前的状态。',
  },
  'run-not-asking': {
    happened: '任务已不再等待这个答复。',
    means: '已有人答复，或任务已继续进行。',
    todo: '请查看任务当前的状态。',
  },
  'run-interrupted': {
    happened: '任务进行中工作站停止了运行。',
    means: '已完成的步骤全部保留，不会重复执行。',
    todo: '请放回同一张卡，然后继续。',
  },
  'run-cancelled': {
    happened: '任务由柜员在此处停止。',
    means: '此前完成的内容仍然有效。',
    todo: '请撤销，或继续完成。',
  },
  'batch-unknown': {
    happened: '本工作站没有这个批次。',
    means: '没有任何改动。',
    todo: '请查看批次列表。',
  },
  'batch-open': {
    happened: '本工作站还有一个批次没有结束。',
    means: '两个批次会互相抢卡。',
    todo: '请先结束那个批次。',
  },

  'journal-damaged': {
    happened: '此任务的记录无法读取。',
    means: '工作站不会猜测，文件保持原样。',
    todo: '请联系技术员。',
  },
  'database-damaged': {
    happened: '数据库文件已损坏。',
    means: '文件已原样保存在一旁，不再写入。',
    todo: '请联系技术员。',
  },
  'database-locked': {
    happened: '其他程序正在使用数据库。',
    means: '没有写入任何内容。',
    todo: '请稍后重试。',
  },
  'storage-full': {
    happened: '本机磁盘已满。',
    means: '此步骤未能记录，因此没有执行。',
    todo: '请联系技术员清理空间。',
  },
  'audit-chain-broken': {
    happened: '日志与其校验链不符[，从第 {brokenAt} 条开始]。',
    means: '有记录在工作站之外被修改、删除或添加。',
    todo: '请联系主管，并保持工作站原样。',
  },

  'device-process-lost': {
    happened: '工作站的读卡程序停止了。',
    means: '它会自动重新启动；卡可能正处于某个步骤中间。',
    todo: '请勿移动卡，稍后重试。',
  },
  'reader-unknown': {
    happened: '该读卡器未连接[：{reader}]。',
    means: '没有写入任何内容。',
    todo: '请选择其他读卡器。',
  },
  'reader-gone': {
    happened: '读卡器被拔出。',
    means: '其中的卡可能尚未写完。',
    todo: '请接回读卡器，并放回同一张卡。',
  },
  'reader-busy': {
    happened: '该读卡器正被其他任务或程序使用[：{programs}]。',
    means: '没有写入任何内容。',
    todo: '请待其空闲后重试。',
  },
  'pcsc-unavailable': {
    happened: '本机的智能卡服务未运行。',
    means: '无法读取 SIM 卡和智能卡，SD 卡不受影响。',
    todo: '请联系技术员。',
  },
  'no-medium': {
    happened: '读卡器中没有卡。',
    means: '没有写入任何内容。',
    todo: '请插入卡。',
  },

  'card-removed': {
    happened: '卡被取出。',
    means: '卡尚未写完，也未生效；没有丢失任何内容。',
    todo: '请放回同一张卡，然后继续。',
  },
  'card-swapped': {
    happened: '这不是任务开始时的那张卡。',
    means: '这张卡没有被改动。',
    todo: '请放回原来的卡，然后继续。',
  },
  'card-mute': {
    happened: '卡没有应答。',
    means: '可能插反，或卡已损坏。',
    todo: '请换个方向插入，或更换一张卡。',
  },
  'card-timeout': {
    happened: '卡应答超时。',
    means: '尚不清楚卡是否已执行；继续时会先核实。',
    todo: '请取出后重新插入，然后继续。',
  },
  'card-bad-answer': {
    happened: '卡的应答无法理解。',
    means: '这样的卡不能存放密钥。',
    todo: '请更换一张卡。',
  },
  'card-unsupported': {
    happened: '此类卡不能在这里发行。',
    means: '它缺少银行所需的功能，没有被改动。[可应答的应用：{answers}。][复位应答：{atr}。]',
    todo: '请使用库存中的卡。',
  },
  'card-key-weak': {
    happened: '不能让这张卡生成此类密钥。',
    means: '此类卡生成的这种密钥可被破解[：{card}]。卡没有被改动。',
    todo: '请选择其他算法，或换一张卡。',
  },
  'card-key-not-there': {
    happened: '这张卡不能生成此类密钥。',
    means: '它不支持该算法[：{card}]。卡没有被改动。',
    todo: '请选择其他算法，或换一张卡。',
  },
  'card-foreign': {
    happened: '这张卡属于其他机构[：{issuer}]。',
    means: '卡上有其他发行方的内容，没有被改动。',
    todo: '请归还，并使用库存中的卡。',
  },
  'card-already-issued': {
    happened: '这张卡已发给一位客户。',
    means: '卡没有被改动。',
    todo: '请使用空白卡，或由技术员清除此卡。',
  },
  'card-status': {
    happened: '卡拒绝了一条指令[（{sw}）]。',
    means: '此步骤没有完成。',
    todo: '请更换一张卡。',
  },
  'card-full': {
    happened: '卡上空间不足。',
    means: '内容没有写完整。',
    todo: '请更换一张卡。',
  },
  'card-management-key-refused': {
    happened: '卡不接受银行的管理密钥。',
    means: '卡由其他机构预置，或密钥已被更改。',
    todo: '请留给技术员处理。',
  },
  'card-quarantined': {
    happened: '此卡曾拒绝银行的密钥，已被隔离。',
    means: '再试一次可能使卡永久锁死，因此不再尝试。',
    todo: '请换一张卡，并把此卡交给技术员。',
  },
  'card-not-quarantined': {
    happened: '这张卡不在隔离中。',
    means: '已有人作出决定，或者它从未被隔离。',
    todo: '请重新读取列表。',
  },
  'card-in-force': {
    happened: '这张卡正由一位客户使用。',
    means: '批量清除只处理银行已终止的卡，此卡没有改动。',
    todo: '请取出。如确需清除，请单独处理并注明原因。',
  },
  'card-shared': {
    happened: '此卡上还有其他银行的密钥。',
    means: '清除会连同这些密钥一起删除，而批量处理时无人逐张查看。卡没有被改动。',
    todo: '请把卡放在一边。经客户同意后，可在技术员处单独清除。',
  },
  'card-channel-broken': {
    happened: '与卡的安全通道已中断。',
    means: '收到的应答与卡发出的不符，此后的操作都没有执行。',
    todo: '请取出卡，重新插入后继续。',
  },
  'card-pin-needed': {
    happened: 'SIM 卡要求先输入 PIN。',
    means: '客户启用了 SIM 卡的 PIN。',
    todo: '请客户输入 SIM 卡的 PIN。',
  },
  'applet-damaged': {
    happened: '银行提供的卡片程序已损坏。',
    means: '没有装入卡中。',
    todo: '请向银行重新索取。',
  },
  'applet-newer-on-card': {
    happened: '卡上的程序比银行提供的版本新。',
    means: '绝不会用旧版本替换它。卡没有被改动。',
    todo: '请把卡留给技术员处理。',
  },
  'applet-not-newer': {
    happened: '银行没有适用于此卡的更新程序[：{version}]。',
    means: '卡上的程序正是银行要求的版本。',
    todo: '无需处理。',
  },
  'applet-holds-data': {
    happened: '此卡上的程序存有客户的数据。',
    means: '换装新版本会连同客户数据一起删除。卡没有被改动。',
    todo: '请为客户另制新卡，或先清除此卡。',
  },
  'applet-unknown': {
    happened: '银行不再提供这个卡片程序。',
    means: '任务必须使用开始时的那个文件。',
    todo: '请银行重新提供该文件，然后继续。',
  },
  'applet-refused': {
    happened: '银行不允许用这个卡片程序更改此卡[：{packageAid}]。',
    means: '它与银行自己的程序清单不符。银行已断开与卡的连接，并作了记录。',
    todo: '请勿重试。请把卡另放，并告知银行。',
  },
  'card-command-refused': {
    happened: '银行拒绝了一条发给卡的指令[：{command}]。',
    means: '工作站从不需要这条指令。银行已断开与卡的连接，并作了记录。',
    todo: '请把卡另放并告知银行：此工作站可能被人改动过。',
  },
  'card-pin-wrong': {
    happened: '卡 PIN 不正确。[剩余 {triesLeft} 次。]',
    means: '卡会记录错误次数，并会自行锁定。',
    todo: '请客户重新输入。',
  },
  'card-pin-last-try': {
    happened: '卡 PIN 只剩一次机会。',
    means: '工作站绝不会自行使用最后一次。',
    todo: '请更换一张卡。',
  },
  'card-pin-blocked': {
    happened: '卡 PIN 已锁定。',
    means: '解锁之前无法使用此卡。',
    todo: '请联系技术员。',
  },
  'card-pin-format': {
    happened: '卡 PIN 须为 6 至 8 位数字。',
    means: '没有发送到卡上。',
    todo: '请客户另设一个。',
  },
  'pin-pad-timeout': {
    happened: '读卡器键盘上未完成卡 PIN 的输入。',
    means: '卡未被询问，未消耗重试次数。',
    todo: '请客户在读卡器键盘上输入，然后重试。',
  },
  'pin-pad-cancelled': {
    happened: '卡 PIN 的输入已在读卡器键盘上取消。',
    means: '卡未被询问，未消耗重试次数。',
    todo: '请待客户准备好后重试。',
  },
  'pin-pad-mismatch': {
    happened: '两次输入的新卡 PIN 不一致。',
    means: '卡 PIN 未更改，未消耗重试次数。',
    todo: '请客户重新输入。',
  },
  'card-object-missing': {
    happened: '卡上缺少应有的内容。',
    means: '此卡无效，不能交给客户。',
    todo: '请撤销本次发卡，并更换一张卡。',
  },
  'card-read-back-differs': {
    happened: '从卡上读回的内容与写入的不一致。',
    means: '此卡无效，不能交给客户。',
    todo: '请撤销本次发卡，并更换一张卡。',
  },
  'card-key-mismatch': {
    happened: '卡上的密钥与证书中的密钥不一致。',
    means: '此卡无法代表这位客户签名。',
    todo: '请撤销本次发卡，并更换一张卡。',
  },
  'card-incomplete': {
    happened: '这张卡在此前的任务中没有写完。',
    means: '它在任何地方都无效。',
    todo: '请撤销该任务，或由技术员清除此卡。',
  },

  'medium-unknown': {
    happened: '工作站无法识别插入的介质。',
    means: '它没有被改动。',
    todo: '请插入其他介质。',
  },
  'medium-removed': {
    happened: 'SD 卡被取出。',
    means: 'SD 卡尚未写完，也未生效；没有丢失任何内容。',
    todo: '请放回同一张 SD 卡，然后继续。',
  },
  'medium-swapped': {
    happened: '这不是任务开始时的那张 SD 卡。',
    means: '这张 SD 卡没有被改动。',
    todo: '请放回原来的 SD 卡，然后继续。',
  },
  'medium-full': {
    happened: 'SD 卡空间不足。',
    means: '客户自己的文件没有被改动。',
    todo: '请更换一张 SD 卡。',
  },
  'medium-write-protected': {
    happened: 'SD 卡已写保护。',
    means: '没有写入任何内容。',
    todo: '请将侧面的小开关向上推，然后重新插入。',
  },
  'medium-io-error': {
    happened: '读写 SD 卡时出错。',
    means: '它可能已经老化，其上的内容无效。',
    todo: '请更换一张 SD 卡。',
  },
  'medium-system-disk': {
    happened: '这是本机的磁盘，不是 SD 卡。',
    means: '工作站绝不会向它写入。',
    todo: '请插入 SD 卡。',
  },
  'medium-unsupported': {
    happened: '手机无法读取这张 SD 卡的格式。',
    means: '没有写入任何内容。',
    todo: '请使用 FAT32 或 exFAT 格式的 SD 卡。',
  },
  'medium-already-issued': {
    happened: '这张 SD 卡上已有本行的卡。',
    means: '它没有被改动。',
    todo: '请更换一张，或由技术员清除此卡。',
  },
  'medium-false-capacity': {
    happened: 'SD 卡的实际容量小于标称容量。',
    means: '它是假冒品或已损坏，其上的内容迟早会丢失。',
    todo: '请更换一张 SD 卡，并将此卡报废。',
  },
  'medium-read-not-cold': {
    happened: '读到的内容来自本机内存，而不是 SD 卡。',
    means: '卡上的内容尚未得到证实。',
    todo: '请关闭正在使用 SD 卡的其他程序，取出 SD 卡后重新插入。',
  },
  'medium-read-back-differs': {
    happened: '从 SD 卡读回的内容与写入的不一致[：{path}]。',
    means: '它无效，不能交给客户。',
    todo: '请撤销本次发卡，并更换一张 SD 卡。',
  },
  'medium-file-missing': {
    happened: 'SD 卡上缺少应有的文件[：{path}]。',
    means: '它无效，不能交给客户。',
    todo: '请撤销本次发卡，并更换一张 SD 卡。',
  },
  'medium-incomplete': {
    happened: '这张 SD 卡在此前的任务中没有写完。',
    means: '其上的内容在任何地方都无效。',
    todo: '请撤销该任务，或由技术员清除。',
  },
  'medium-foreign': {
    happened: 'SD 卡上有不是本行写入的内容[：{path}]。',
    means: '它没有被改动。',
    todo: '请更换一张 SD 卡。',
  },
  'medium-file-damaged': {
    happened: 'SD 卡上的文件已损坏[：{path}]。',
    means: '它无效，不能交给客户。',
    todo: '请撤销本次发卡，并更换一张 SD 卡。',
  },
  'client-not-newer': {
    happened: '没有比卡上更新的手机客户端[：{version}]。',
    means: '本机的版本相同或更旧。',
    todo: '无需处理。',
  },
  'medium-signature-invalid': {
    happened: 'SD 卡上的银行签名不成立[：{path}]。',
    means: '签名之后有内容被改动。',
    todo: '请撤销本次发卡，并更换一张 SD 卡。',
  },

  'browser-missing': {
    happened: '本机没有安装 Chromium[：{looked}]。',
    means: '工作站没有窗口可以打开。未作任何更改。',
    todo: '请安装：sudo apt-get install chromium。',
  },
  'browser-not-started': {
    happened: '浏览器[ {program} ]未能打开工作站[：{detail}]。',
    means: '可能是管理员的策略禁止了调试管道，或缺少系统库[。浏览器提示：{said}]。',
    todo: '请技术员检查浏览器策略（RemoteDebuggingAllowed）。',
  },
  'print-failed': {
    happened: '页面未能打印[到 {file}]。',
    means: '要打印的内容仍完整保存在工作站。',
    todo: '请重新打印。',
  },
  'station-runs-already': {
    happened: '本机已有一个工作站在使用同一份数据[（{folder}）]。',
    means: '两个工作站会写同样的卡和同一份日志，因此本次没有启动。',
    todo: '请使用已打开的窗口，或先关闭它[（进程 {process}）]。',
  },
  'bank-server-not-started': {
    happened: '本机的银行服务器未能启动[：{detail}]。',
    means: '暂时不能发卡；已发的卡不受影响。',
    todo: '请重新启动工作站；若仍出现，请将此行交给技术员。',
  },

  'bank-unreachable': {
    happened: '银行服务器没有应答。',
    means: '没有丢失任何内容；工作在此等待，不会重复执行。',
    todo: '请检查网络，然后继续。',
  },
  'bank-timeout': {
    happened: '银行应答超时。',
    means: '银行可能已经执行；继续时会先核实，不会重复执行。',
    todo: '请继续。',
  },
  'bank-untrusted': {
    happened: '应答的服务器无法证明自己是银行。',
    means: '没有向它发送任何内容。',
    todo: '请联系技术员。',
  },
  'bank-refused-station': {
    happened: '银行不接受本工作站。',
    means: '工作站证书缺失、过期或已被吊销。',
    todo: '请联系技术员。',
  },
  'station-certificate-ended': {
    happened: '本工作站的证书已到期。[有效期至 {endedOn}；本机日期为 {today}。]',
    means: '银行不再接受本工作站；没有丢失任何内容，换上新证书后可继续工作。',
    todo: '请联系技术员：时钟不准则先校准，否则请银行重新准入本工作站。',
  },
  'station-certificate-not-renewed': {
    happened: '银行没有给本工作站续发证书。',
    means: '现有证书到期前仍然有效，工作站会再次申请。',
    todo: '请联系技术员向银行查明原因。',
  },
  'bank-bad-answer': {
    happened: '银行的应答无法理解。',
    means: '工作站没有据此执行任何操作。',
    todo: '请向银行报告。',
  },
  'bank-internal-error': {
    happened: '银行服务器自身出错。',
    means: '银行可能已经执行；继续时会先核实。',
    todo: '请继续。',
  },
  'bank-busy': {
    happened: '银行目前繁忙。',
    means: '没有执行任何操作。',
    todo: '请稍后继续。',
  },
  'clock-off': {
    happened: '工作站与银行的时钟相差过大。[工作站 {stationTime}，银行 {bankTime}。]',
    means: '证书和日志都需要准确的时间。',
    todo: '请联系技术员校准时钟。',
  },
  'training-data': {
    happened: '这个数据文件夹属于培训工作站[：{folder}]。',
    means: '其中有人人皆知的培训密码，生产工作站没有启动。',
    todo: '请为生产工作站另设数据文件夹。',
  },
  'training-only': {
    happened: '此功能仅在培训模式下提供。',
    means: '没有任何改动。',
    todo: '请返回。',
  },

  'customer-unknown': {
    happened: '银行没有这位客户。',
    means: '没有开始任何操作。',
    todo: '请核对号码或姓名。',
  },
  'customer-blocked': {
    happened: '银行已冻结这位客户。',
    means: '不能为其发卡。',
    todo: '请联系主管。',
  },
  'customer-has-active-card': {
    happened: '这位客户已有一张有效的卡[：{cardId}]。',
    means: '同一时间只能有一张。',
    todo: '请联系主管：须先吊销该卡或完成其办理。',
  },
  'identity-refused': {
    happened: '身份核验未通过。',
    means: '没有开始任何操作，本次拒绝已记入日志。',
    todo: '请勿发卡。',
  },
  'account-unknown': {
    happened: '该账户不属于这位客户。',
    means: '没有开始任何操作。',
    todo: '请选择其他账户。',
  },
  'core-banking-unavailable': {
    happened: '银行核心系统没有应答。',
    means: '客户或密码未能核对；没有作出任何决定，就银行所知也没有消耗密码次数。',
    todo: '请稍后重试，由客户重新输入密码。',
  },
  'account-pin-wrong': {
    happened: '账户密码不正确。[剩余 {triesLeft} 次。]',
    means: '银行会记录错误次数，第三次错误后将锁定。',
    todo: '请客户重新输入。',
  },
  'account-pin-blocked': {
    happened: '账户密码已锁定。',
    means: '错误次数过多，不能用此账户发卡。',
    todo: '须由银行重置密码。',
  },
  'pin-check-expired': {
    happened: '账户密码的核验已过期。',
    means: '银行要求重新核验后才能继续。',
    todo: '请客户重新输入。',
  },
  'login-password-weak': {
    happened: '银行不接受这个登录密码。',
    means: '密码太短或太容易猜到。',
    todo: '请客户另设一个。',
  },
  'envelope-unreadable': {
    happened: '银行无法打开客户输入的内容。',
    means: '银行的密钥已更换，或内容属于其他客户。',
    todo: '请客户重新输入。',
  },
  'card-unknown': {
    happened: '银行没有这张卡的记录。',
    means: '没有任何改动。',
    todo: '请核对此卡。',
  },
  'card-state-conflict': {
    happened: '银行记录中此卡处于其他状态。',
    means: '其他人已处理过它，没有任何改动。',
    todo: '请撤销本任务，并查看此卡的记录。',
  },
  'release-waits': {
    happened: '这张卡的解除申请正在等待决定。',
    means: '同一张卡一次只处理一项申请。',
    todo: '请由主管先决定该申请。',
  },
  'second-officer-needed': {
    happened: '此决定必须由另一位人员作出。',
    means: '申请人不能批准自己的申请，卡仍在隔离中。',
    todo: '请由未提出申请的主管决定。',
  },
  'medium-already-registered': {
    happened: '此介质上已登记有一张使用中的卡。',
    means: '没有写入任何内容。',
    todo: '请更换一张，或由技术员清除此卡。',
  },
  'idempotency-conflict': {
    happened: '工作站以同一编号向银行请求了两件不同的事。',
    means: '银行只执行了第一件。',
    todo: '请把报告编号交给技术员。',
  },
  'request-malformed': {
    happened: '银行无法读取工作站的请求。',
    means: '银行没有执行任何操作。',
    todo: '请把报告编号交给技术员。',
  },
  'csr-refused': {
    happened: 'CA 不为此密钥签发证书。',
    means: '没有证书，此卡无效。',
    todo: '请撤销本次发卡。',
  },
  'bank-key-conflict': {
    happened: '银行密钥不处于此步骤所需的状态。',
    means: '没有任何更改。',
    todo: '请查看银行密钥列表，执行下一步。',
  },
  'bank-key-unfit': {
    happened: 'HSM 中的密钥[ {label}]未按银行密钥的要求封闭[：{attributes}]。',
    means: '它可能离开 HSM，或被用于其他用途；未予采用。',
    todo: '请在 HSM 中另行生成不可导出、仅限此用途的密钥。',
  },
  'key-component-wrong': {
    happened: '此主密钥分量不能使用。',
    means: '其长度、校验值或文件有误，或与另一分量相抵。本次未保存任何内容，先前录入的仍然保留。',
    todo: '请对照纸面后重新录入。',
  },
  'key-component-same-officer': {
    happened: '第一个分量正是由此人录入的。',
    means: '主密钥需要两人。第一个分量仍然保留。',
    todo: '请由另一位人员录入第二个分量。',
  },
  'key-check-value-differs': {
    happened: '主密钥的校验值与预期不同。',
    means: '密钥未保存，也未启用。先前录入的内容仍然保留。',
    todo: '请核对两份纸面；若第一个分量有误，请放弃该密钥并重新开始。',
  },
  'certificate-unknown': {
    happened: 'CA 没有这份证书的记录。',
    means: '它在任何地方都不能使用。',
    todo: '请查看此卡的记录。',
  },
  'certificate-revoked': {
    happened: '这份证书已被吊销。',
    means: '它在任何地方都不能使用。',
    todo: '请发行新卡。',
  },
  'challenge-unknown': {
    happened: '银行对卡的提问已过期。',
    means: '卡尚未证明自己。',
    todo: '请继续，银行会重新提问。',
  },
  'proof-refused': {
    happened: '卡的签名未通过银行验证。',
    means: '此卡无效，不能交给客户。',
    todo: '请撤销本次发卡，并更换一张卡。',
  },

  'assertion-malformed': {
    happened: '手机客户端发送的内容无法读取。',
    means: '没有登录。',
    todo: '请重新打开卡上的客户端。',
  },
  'assertion-expired': {
    happened: '这次登录已过期。',
    means: '没有登录；手机时钟可能不准。',
    todo: '请重新打开卡上的客户端。',
  },
  'assertion-replayed': {
    happened: '这次登录已被使用过。',
    means: '没有登录。',
    todo: '请重新打开卡上的客户端。',
  },
  'assertion-foreign-key': {
    happened: '签名不是由这张卡的密钥作出的。',
    means: '没有登录；这张卡可能是复制品。',
    todo: '请携卡到网点。',
  },
  'certificate-expired': {
    happened: '这份证书已过有效期。',
    means: '它不能再使用。',
    todo: '请发行新卡。',
  },
  'registration-void': {
    happened: '这张卡的登记已作废。',
    means: '登录失败次数过多，证书须重新办理。',
    todo: '请携卡到网点。',
  },
  'registration-inactive': {
    happened: '这张卡未生效。',
    means: '它尚未启用，或已停用、注销。',
    todo: '请向网点咨询。',
  },
  'login-refused': {
    happened: '登录密码不正确。[剩余 {triesLeft} 次。]',
    means: '没有登录。',
    todo: '请重新输入密码。',
  },
  'login-delayed': {
    happened: '连续输错密码次数过多。',
    means: '银行需等待后才接受下一次输入[：{seconds} 秒]。',
    todo: '请稍候再试。',
  },
  'otp-wrong': {
    happened: '卡的动态密码与银行预期的不一致。',
    means: '没有执行任何操作。累计十次，卡将作废。',
    todo: '请从卡上重新打开手机银行。',
  },
  'card-copied': {
    happened: '有两张卡在使用同一串动态密码。',
    means: '其中一张是复制品。这张卡已暂停使用。',
    todo: '请带卡和身份证件到网点。',
  },
  'chain-suspended': {
    happened: '有两个介质使用过这张卡的动态密码。',
    means: '直接解除暂停，这张卡也无法登录。',
    todo: '请在柜台凭客户的账户密码重新开始动态密码，或另发新卡。',
  },
  'chain-absent': {
    happened: '这张卡登录时不使用动态密码。',
    means: '该银行或该介质不使用动态密码，没有需要重新开始的内容。',
    todo: '无需处理。',
  },
  'chain-move-over': {
    happened: '银行没有为这张卡正在更换的动态密码。',
    means: '更换已被撤回，或在别处又重新开始；卡原有的动态密码仍然有效。',
    todo: '请撤销本次操作，再凭客户的账户密码重新开始。',
  },

  'bank-keys-damaged': {
    happened: '银行自己的密钥无法读取[：{file}]。',
    means: '银行服务器没有启动，文件保持原样。',
    todo: '请联系技术员。',
  },
  'bank-key-record-broken': {
    happened: '银行密钥记录本身有误[，在第 {record} 个事件处]。',
    means: '不能以它为新的基准，仍以前次所见为准。',
    todo: '请通知银行安全部门。',
  },
  'bank-port-taken': {
    happened: '其他程序占用了银行服务器的网络端口[：{port}]。',
    means: '银行服务器没有启动。',
    todo: '请联系技术员释放端口。',
  },
  'bank-setup-invalid': {
    happened: '银行服务器的设置无法使用[：{file}]。',
    means: '银行服务器没有启动。',
    todo: '请联系技术员。',
  },

  'insufficient-funds': {
    happened: '账户余额不足。',
    means: '没有记账。',
    todo: '请减少金额或换一个账户。',
  },
  'transfer-limit-exceeded': {
    happened: '金额超过账户限额[，今日剩余 {left}]。',
    means: '没有记账。',
    todo: '请减少金额，或到网点提高限额。',
  },
  'transfer-not-possible': {
    happened: '这两个账户之间不能转账。',
    means: '账户相同或币种不同。没有记账。',
    todo: '请换一个账户。',
  },
  'account-closed': {
    happened: '该账户已销户。',
    means: '不能再记账。',
    todo: '请向网点咨询。',
  },
  'payee-mismatch': {
    happened: '收款账号与户名不符。',
    means: '没有记账。',
    todo: '请与收款人核对账号和户名。',
  },
  'order-unknown': {
    happened: '这笔转账已不在等待确认。',
    means: '它已处理完毕，或已超过时限。',
    todo: '请查看账户明细；如果没有这笔，请重新办理。',
  },
  'operator-unknown': {
    happened: '银行不认识该移动运营商。',
    means: '其报文未被处理。',
    todo: '请银行核对与运营商的协议。',
  },
  'operator-unreachable': {
    happened: '运营商平台没有应答。',
    means: '待发内容已保存，将再次发送。',
    todo: '请重试。',
  },
  'operator-key-unknown': {
    happened: '运营商使用的密钥无效或已失效。',
    means: '没有执行任何操作。',
    todo: '请重新开始，新报文将使用当前密钥。',
  },
  'operator-message-unreadable': {
    happened: '运营商与银行之间的报文无法解开。',
    means: '报文损坏或使用了其他密钥。没有执行任何操作。',
    todo: '请重新开始。',
  },
  'operator-message-replayed': {
    happened: '运营商与银行之间的报文重复、迟到或次序错误。',
    means: '没有重复执行。',
    todo: '请重新开始。',
  },
  'subscriber-unknown': {
    happened: '该手机号未登记交易服务。',
    means: '没有执行任何操作。',
    todo: '请先登记手机，银行须留有该号码。',
  },
  'subscriber-mismatch': {
    happened: 'SIM 卡与手机号和登记的不一致。',
    means: '没有执行任何操作。',
    todo: '请到网点重新登记手机。',
  },
  'seed-refused': {
    happened: '该种子未被接受[（{reason}）]。',
    means: '须由两名不同员工各自录入并签名。',
    todo: '请另一名员工录入另一份种子。',
  },
  'dialogue-expired': {
    happened: '本次交易超时，已关闭。',
    means: '没有记账。',
    todo: '请重新开始。',
  },
};
