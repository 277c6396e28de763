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
  said: {
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
      text: '有人冒充银行，或者答复是旧的。什么也没有签。',
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
