import type { Words } from './words.ts';

export const zhCn: Words = {
  tag: 'zh-CN',
  name: '中文',
  title: (bankName) => `${bankName} · 手机银行登录`,
  switchLanguage: '语言',
  phoneBank: '手机银行',
  loginName: '登录名',
  cardNumber: '卡编号',
  pinTitle: '输入卡密码',
  pinHint: '您在柜台设定的 6 至 8 位数字',
  digitsEntered: (count) => `已输入 ${count} 位`,
  clearAll: '清空',
  deleteLast: '删除',
  signIn: '登录',
  recogniseTitle: '认出您的银行',
  recognise: (loginName) => `接下来，银行的网页会显示您的登录名“${loginName}”。看到它以后，再输入登录密码。`,
  version: (version) => `卡上程序 ${version}`,
  pinTooShort: '卡密码是 6 至 8 位数字。',
  pinWrong: '卡密码不对，请再输一次。',
  waitTitle: '卡密码不对',
  waitText: '为保护这张卡，时间到了才能再试。',
  checkingPin: '正在核对卡密码…',
  checkingPinSlowly: (percent) => `正在核对卡密码… ${percent}%`,
  signing: '正在用您的卡签名…',
  openingTitle: '正在打开您的银行',
  opening: (host) => `正在安全连接到 ${host}`,
  signed: '已用您的卡签名',
  startAgain: '重新开始',
  asking: '正在询问您的银行…',
  confirm: {
    title: '确认这笔转账？',
    payee: '收款人',
    amount: '金额',
    account: '收款账号',
    payer: '付款账户',
    memo: '附言',
    hint: '您的卡只为以上内容签名。收款人和金额都正确时才确认。',
    yes: '确认并签名',
    no: '不转账',
    sending: '正在用您的卡签名…',
    failed: '没有成功，什么也没有签。',
  },
  signOn: {
    certificateGood: (bankName) => `${bankName}已核对您的卡：证书有效。`,
    before: (at) =>
      at === null
        ? '这张卡是第一次登录。'
        : `上次登录：${new Date(at).toLocaleString('zh-CN', { dateStyle: 'long', timeStyle: 'short' })}。如果不是您本人，请不要输入密码。`,
    password: '登录密码',
    hint: '您在柜台设置的登录密码',
    empty: '请输入登录名和密码。',
    wrong: (triesLeft) =>
      triesLeft === 1
        ? '登录名或密码不正确。只剩最后一次：再错一次，这张卡将作废。'
        : `登录名或密码不正确。还可以尝试 ${triesLeft} 次，之后这张卡将作废。`,
    wait: (seconds) => `输错次数过多，请等待 ${seconds} 秒后再试。这次没有计入次数。`,
    answering: '正在由您的卡应答银行的随机数…',
  },
  chooseBank: {
    title: '选择银行',
    text: '这张卡上有以下银行。',
    hint: '如果没有打开，请打开该银行文件夹中的 client.html。',
    none: '这张卡上没有银行。请携卡到您的银行网点。',
  },
  otherBanks: '这张卡上的其他银行',
  triesLeft: (count) =>
    count === 1 ? '只剩最后一次，再错这张卡将作废。' : `还可以尝试 ${count} 次，之后这张卡将作废。`,
  said: {
    'answer-refused': {
      title: '银行没有接受卡的应答',
      text: '您没有登录。银行已发来新的随机数。',
      button: '再次应答',
    },
    void: {
      title: '这张卡在本行已作废',
      text: '登录连续失败十次，银行已吊销证书。请带上卡和身份证件到本行网点重新办理；卡上其他银行不受影响。',
    },
    'sign-on-late': {
      title: '这次登录已超时',
      text: '您没有登录。请重新输入卡密码。',
    },
    'sign-on-refused': {
      title: '银行没有让您登录',
      text: '请重新输入卡密码，银行的页面会说明原因。',
    },
    booked: { title: '转账成功', text: '银行已记账，并签发了回单。' },
    refused: { title: '没有转账', text: '您的账户没有转出任何款项。' },
    expired: { title: '这笔转账已超过时限', text: '没有转出任何款项。请在银行网页重新办理。' },
    'not-taken': {
      title: '银行没有接受',
      text: '没有转出任何款项。请先在银行网页查看这笔转账，再重新办理。',
    },
    'no-answer': {
      title: '没有收到银行的答复',
      text: '是否已记账还不清楚。请再问一次银行，同一笔不会记两次。',
      button: '询问银行',
    },
    silent: {
      title: '连接不上银行',
      text: '请检查手机的网络，然后再试。没有发送任何内容。',
      button: '再试一次',
    },
    'other-phone': {
      title: '这张卡在另一部手机上用过',
      text: '银行只认上一次使用的手机。如果那是您本人，请用那部手机，或带卡和身份证件到网点。如果不是，请立即报告，这张卡会马上暂停使用。',
      button: '不是我，报告银行',
    },
    untrusted: {
      title: '这不是您的银行的答复',
      text: '有人冒充银行，或者答复是旧的，或者这张卡已在柜台换到另一部手机。什么也没有签。',
    },
  },
  receiptNumber: '回单编号',
  backToBank: '到银行网页',
  problem: (problem, date) => {
    switch (problem.kind) {
      case 'damaged':
        return {
          title: '这张卡上的内容读不出来',
          meaning: '文件不完整，可能在写入或复制时中断了。您的账户不受影响。',
          remedy: '请直接打开卡上的文件再试一次。仍然不行，请带卡和身份证件到网点。',
        };
      case 'mismatch':
        return {
          title: '这张卡上的内容对不上',
          meaning: '证书和用户信息不属于同一张卡，银行不会接受。没有发送任何内容。',
          remedy: '请带卡和身份证件到网点，由银行重新写卡。',
        };
      case 'algorithm':
        return {
          title: '卡上的程序版本太旧',
          meaning: '卡的密钥采用了本程序尚不认识的算法。没有发送任何内容。',
          remedy: '请携卡到网点更新卡上的程序；密钥和证书保持不变。',
        };
      case 'expired':
        return {
          title: '这张卡的证书已过期',
          meaning: `有效期到 ${date(problem.notAfter)}。手机上的日期是 ${date(problem.today)}。`,
          remedy: '如果手机日期不对，请先改正。否则请带卡和身份证件到网点换发证书。',
        };
      case 'clock':
        return {
          title: '手机的日期不对',
          meaning: `手机上是 ${date(problem.today)}，可这张卡是 ${date(problem.issuedAt)} 才发出的。`,
          remedy: '请在手机设置里打开“自动设置日期和时间”，然后再打开这个文件。',
        };
      case 'no-crypto':
        return {
          title: '这个浏览器不能安全地签名',
          meaning: '它缺少签名所需的功能。没有发送任何内容。',
          remedy: '请用较新的浏览器打开这个文件，例如 Chrome、Edge 或 Firefox。',
        };
    }
  },
  details: (code) => `告诉银行员工：${code}`,
};
