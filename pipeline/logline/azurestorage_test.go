package logline

import "testing"

var azureStorageLines = []lineTest{
	{`1.0;2021-03-04T05:06:07.1230000Z;GetBlob;AnonymousSuccess;200;17;16;anonymous;;acct;blob;"https://acct.blob.core.windows.net/box/a.txt?timeout=30";"/acct/box/a.txt";61d2e3f6;0;203.0.113.9:4362`, `azurestorage 2021-03-04T05:06:07.123Z 200 /box/a.txt`},
	{`2.0;2021-03-04T05:06:07.1230000Z;PutBlob;SASAuthorizationError;403;7;7;sas;;acct;blob;https://acct.blob.core.windows.net/box/b.txt?se=1;"/acct/box/b.txt";x;0;203.0.113.9:1`, `azurestorage 2021-03-04T05:06:07.123Z 403 /box/b.txt`},
	{`1.0;2021-03-04T05:06:07.1230000Z;GetBlob;AnonymousSuccess;404;17`, `azurestorage 2021-03-04T05:06:07.123Z 404`},
	{`1.0;2021-03-04T05:06:07.1230000Z;GetBlob;AnonymousSuccess;17;401;16;anonymous`, `text 2021-03-04T05:06:07.123Z "GetBlob;AnonymousSuccess;17;401;16;anonymous"`},
}

func TestAzureStorage(t *testing.T) { checkLines(t, azureStorageLines) }
