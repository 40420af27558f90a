package gloss

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// term is a word, or a part of one, in lower case, and its English equivalent. Words
// that may precede or follow what they refer to can have another reading for preceding it.
type term struct{ word, english, ahead string }

// byRune has the terms by their first letters, the longest first.
var byRune = func() map[rune][]term {
	by := map[rune][]term{}
	for _, t := range terms {
		first, _ := utf8.DecodeRuneInString(t.word)
		by[first] = append(by[first], t)
	}
	for _, list := range by {
		slices.SortStableFunc(list, func(a, b term) int { return cmp.Compare(len(b.word), len(a.word)) })
	}
	return by
}()

var terms = []term{
	// Chinese, short and long characters
	{"令牌", "token", ""}, {"權杖", "token", ""}, {"访问令牌", "access token", ""}, {"凭证", "credential", ""},
	{"签名", "signature", ""}, {"簽名", "signature", ""}, {"签章", "signature", ""}, {"验签", "signature verification", ""},
	{"验证", "verification", ""}, {"驗證", "verification", ""}, {"校验", "verification", ""}, {"失败", "failed", ""}, {"失敗", "failed", ""},
	{"无效", "invalid", ""}, {"無效", "invalid", ""}, {"不合法", "invalid", ""}, {"非法", "invalid", ""}, {"不正确", "invalid", ""},
	{"有误", "invalid", ""}, {"错误", "error", ""}, {"不通过", "failed", ""}, {"未通过", "failed", ""},
	{"认证", "authentication", ""}, {"認證", "authentication", ""}, {"鉴权", "authentication", ""},
	{"过期", "expired", ""}, {"過期", "expired", ""}, {"已失效", "expired", ""}, {"失效", "expired", ""}, {"尚未生效", "not yet valid", ""},
	{"未生效", "not yet valid", ""},
	{"密钥", "key", ""}, {"金鑰", "key", ""}, {"公钥", "public key", ""}, {"公鑰", "public key", ""}, {"私钥", "private key", ""},
	{"证书", "certificate", ""},
	{"找不到", "not found", "cannot find"}, {"未找到", "not found", "cannot find"}, {"没有找到", "not found", "cannot find"},
	{"不存在", "does not exist", ""}, {"匹配的", "matching", ""}, {"未知", "unknown", ""}, {"未受信任", "not trusted", ""}, {"不受信任", "not trusted", ""},
	{"不匹配", "mismatch", ""}, {"不一致", "mismatch", ""}, {"不符", "mismatch", ""}, {"不支持", "not supported", "unsupported"},
	{"不允许", "not allowed", ""},
	{"缺少", "missing", ""}, {"缺失", "missing", ""}, {"没有", "missing", ""}, {"未提供", "not provided", "missing"},
	{"未携带", "not provided", "missing"}, {"不能为空", "cannot be empty", ""}, {"为空", "is empty", ""},
	{"获取", "fetch", ""}, {"拉取", "fetch", ""}, {"更新", "refresh", ""}, {"加载", "load", ""}, {"无法", "unable to", ""}, {"找到", "find", ""}, {"解析", "parsing", ""},
	{"格式", "format", ""}, {"算法", "algorithm", ""},
	{"签发者", "issuer", ""}, {"颁发者", "issuer", ""}, {"发行人", "issuer", ""}, {"受众", "audience", ""}, {"请求头", "header", ""},
	{"刷新", "refresh", ""}, {"密码", "password", ""}, {"重置", "reset", ""}, {"微信", "wechat", ""}, {"验证码", "captcha", ""},
	{"许可证", "license", ""}, {"授权文件", "license", ""}, {"支付", "payment", ""}, {"回调", "callback", ""}, {"安装包", "package", ""}, {"升级包", "package", ""},
	{"优惠券", "coupon", ""}, {"缓存", "cache", ""}, {"邀请", "invite", ""},
	// Japanese
	{"アクセストークン", "access token", ""}, {"トークン", "token", ""}, {"署名", "signature", ""}, {"検証", "verification", ""},
	{"エラー", "error", ""}, {"デコード", "decoding", ""}, {"無効", "invalid", ""}, {"不正", "invalid", ""},
	{"期限切れ", "expired", ""}, {"有効期限が切れ", "expired", ""}, {"期限が切れ", "expired", ""}, {"まだ有効では", "not yet valid", ""},
	{"公開鍵", "public key", ""}, {"秘密鍵", "private key", ""}, {"鍵", "key", ""}, {"キー", "key", ""}, {"キーワード", "keyword", ""},
	{"見つかりません", "not found", ""}, {"見つかりませんでした", "not found", ""}, {"存在しません", "does not exist", ""},
	{"一致しません", "does not match", ""}, {"一致する", "matching", ""}, {"取得", "fetch", ""}, {"ありません", "missing", ""},
	{"必要です", "is required", ""}, {"指定されていません", "not provided", ""}, {"認証", "authentication", ""}, {"不明な", "unknown", ""},
	{"失効", "expired", ""}, {"クレーム", "claim", ""},
	{"発行者", "issuer", ""}, {"オーディエンス", "audience", ""}, {"ヘッダー", "header", ""}, {"形式", "format", ""}, {"アルゴリズム", "algorithm", ""},
	{"サポートされていません", "not supported", ""}, {"パスワード", "password", ""}, {"リフレッシュ", "refresh", ""},
	{"ライセンス", "license", ""}, {"証明書", "certificate", ""}, {"決済", "payment", ""}, {"パッケージ", "package", ""}, {"クーポン", "coupon", ""},
	{"キャッシュ", "cache", ""}, {"招待", "invite", ""}, {"ウェブフック", "webhook", ""},
	// Korean
	{"액세스 토큰", "access token", ""}, {"토큰", "token", ""}, {"서명", "signature", ""}, {"검증", "verification", ""}, {"실패", "failed", ""},
	{"유효하지 않", "invalid", ""}, {"잘못된", "invalid", ""}, {"올바르지 않", "invalid", ""}, {"인증", "authentication", ""},
	{"누락", "missing", ""}, {"클레임", "claim", ""}, {"알 수 없는", "unknown", ""},
	{"만료", "expired", ""}, {"아직 유효하지 않", "not yet valid", ""}, {"공개키", "public key", ""}, {"공개 키", "public key", ""},
	{"찾을 수 없", "not found", ""}, {"존재하지 않", "does not exist", ""}, {"없습니다", "missing", ""},
	{"일치하지 않", "does not match", ""}, {"일치하는", "matching", ""}, {"발급자", "issuer", ""}, {"대상자", "audience", ""}, {"헤더", "header", ""},
	{"형식", "format", ""}, {"지원되지 않", "not supported", ""}, {"알고리즘", "algorithm", ""}, {"필요합니다", "is required", ""},
	{"로딩", "load", ""}, {"로드", "load", ""}, {"조회", "fetch", ""}, {"디코딩", "decoding", ""}, {"파싱", "parsing", ""}, {"에러", "error", ""}, {"오류", "error", ""}, {"비밀번호", "password", ""}, {"리프레시", "refresh", ""},
	{"라이선스", "license", ""}, {"라이센스", "license", ""}, {"인증서", "certificate", ""}, {"결제", "payment", ""}, {"패키지", "package", ""}, {"쿠폰", "coupon", ""},
	{"캐시", "cache", ""}, {"초대", "invite", ""}, {"웹훅", "webhook", ""},
	// Russian
	{"токена", "token", ""}, {"токен", "token", ""}, {"подписи", "signature", ""}, {"подпись", "signature", ""},
	{"проверки", "verification", ""}, {"проверка", "verification", ""}, {"проверить", "verify", ""},
	{"недействительн", "invalid", ""}, {"недействителен", "invalid", ""}, {"неверн", "invalid", ""}, {"некорректн", "invalid", ""},
	{"невалидн", "invalid", ""}, {"просрочен", "expired", ""}, {"истек", "expired", ""}, {"истёк", "expired", ""},
	{"ещё не действ", "not yet valid", ""},
	{"открытый ключ", "public key", ""}, {"ключ", "key", ""}, {"не найден", "not found", "cannot find"}, {"неизвестн", "unknown", ""},
	{"отсутствует", "missing", ""}, {"не указан", "not provided", "missing"}, {"не передан", "not provided", "missing"},
	{"не удалось", "failed to", ""}, {"получить", "fetch", ""}, {"загрузить", "load", ""}, {"ошибка", "error", ""},
	{"не совпадает", "does not match", ""}, {"не соответствует", "does not match", ""}, {"издател", "issuer", ""},
	{"аудитори", "audience", ""},
	{"заголовок", "header", ""}, {"формат", "format", ""}, {"алгоритм", "algorithm", ""}, {"не поддерживается", "not supported", ""},
	{"пароля", "password", ""}, {"пароль", "password", ""}, {"обновления", "refresh", ""},
	{"лицензи", "license", ""}, {"сертификат", "certificate", ""}, {"платеж", "payment", ""}, {"платёж", "payment", ""}, {"пакет", "package", ""},
	{"купон", "coupon", ""}, {"кэш", "cache", ""}, {"вебхук", "webhook", ""},
}
