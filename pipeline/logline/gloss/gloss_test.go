package gloss

import (
	"strings"
	"testing"
)

// TestAppend sees what becomes of sentences; blanks count for one.
func TestAppend(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"令牌已过期", "token expired"},
		{"登录: Token签名无效", ": Token signature invalid"},
		{"未找到公钥 kid=k-7", "cannot find public key kid=k-7"},
		{"公钥未找到", "public key not found"},
		{"token 校验不通过", "token verification failed"},
		{"JWT 鉴权失败", "JWT authentication failed"},
		{"JWT 인증 실패", "JWT authentication failed"},
		{"sub 클레임 누락", "sub claim missing"},
		{"トークンの署名が無効です", "token signature invalid"},
		{"액세스 토큰이 만료되었습니다", "access token expired"},
		{"Неверная подпись токена", "invalid signature token"},
		{"Подпись лицензии недействительна", "signature license invalid"},
		{"인증서 서명이 잘못된", "certificate signature invalid"},
		{"ТОКЕН просрочен", "token expired"},
		{"ключ a\xff\xd0 токен", "key a token"},
	} {
		got, some := Append([]byte("> "), []byte(test.text))
		if want := "> " + test.want; !some || strings.Join(strings.Fields(string(got)), " ") != want {
			t.Errorf("%q: %q %v, want %q", test.text, got, some, want)
		}
	}
	for _, text := range []string{"", "token expired", "Größe: naïve", "数据库连接", "\xff\xfe"} {
		if got, some := Append([]byte("> "), []byte(text)); some || string(got) != "> " {
			t.Errorf("%q: %q %v, want nothing", text, got, some)
		}
	}
}

// TestTerms sees that no word is there twice and that each is in small letters, without
// which it is never found.
func TestTerms(t *testing.T) {
	seen := map[string]bool{}
	for _, term := range terms {
		if seen[term.word] || term.word == "" || term.english == "" || strings.ToLower(term.word) != term.word {
			t.Errorf("%q: twice, empty or with capitals", term.word)
		}
		seen[term.word] = true
	}
}

// FuzzAppend sees that ASCII stays as it is and that nothing joins over what is left out.
func FuzzAppend(f *testing.F) {
	f.Add("kid=a 令牌b已过期c")
	f.Fuzz(func(t *testing.T, text string) {
		got, some := Append(nil, []byte(text))
		if !some {
			return
		}
		rest := string(got)
		for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r >= 0x80 }) {
			_, behind, ok := strings.Cut(rest, part)
			if !ok {
				t.Fatalf("%q is not in %q", part, got)
			}
			rest = behind
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	line := []byte(`2026-11-23T11:42:07.318Z ERROR [api-worker] could not connect to postgres at db-2.internal:5432 after 3 attempts: connection refused, giving up on batch 8812 and returning 503 to the client`)
	b.ReportAllocs()
	for b.Loop() {
		Append(nil, line)
	}
}
