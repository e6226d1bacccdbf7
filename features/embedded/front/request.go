package front

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"takt/features/embedded/chdb"
)

// Limits of what is read before the engine sees it, in bytes.
const (
	headLimit  = 1 << 20  // of a body in which an INSERT with data is looked for
	queryLimit = 64 << 20 // of a query without data; the engine's max_query_size applies besides
	formMemory = 1 << 20  // of a multipart form; the rest goes to temporary files
)

// request is a parsed HTTP request.
type request struct {
	statement
	sql            string
	input          io.Reader // data of an INSERT, nil otherwise
	outputFormat   string
	database       string
	params         []chdb.Param
	settings       map[string]string
	clientRevision string
	compression    string // "", "LZ4" or "ZSTD": ClickHouse's block framing around the answer
	gzip           bool   // Content-Encoding of the answer
	whole          bool   // form the whole result before the first byte goes out
	readonly       bool
}

// parse reads everything of r but the data of an INSERT. Its errors are exceptions.
func parse(r *http.Request) (*request, error) {
	v := r.URL.Query()
	body, err := decoded(r, v)
	if err != nil {
		return nil, err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		if v, err = form(r, v); err != nil {
			return nil, err
		}
		body = http.NoBody
	}
	q := &request{settings: map[string]string{}}
	q.take(r, v)
	if err := q.readSQL(v.Get("query"), body); err != nil {
		return nil, err
	}
	if q.multi {
		return nil, exception(codeSyntaxError, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed): one request runs one statement")
	}
	if q.readonly && (!q.reads() || q.input != nil) {
		return nil, exception(codeReadonly, "READONLY", "Cannot execute query in readonly mode: GET requests and readonly=1 allow reading only, use POST")
	}
	if q.format != "" {
		q.outputFormat = q.format
	}
	return q, nil
}

// take sorts the URL's values into what the front handles, parameters and engine settings.
func (q *request) take(r *http.Request, v url.Values) {
	q.database = first(v.Get("database"), r.Header.Get("X-ClickHouse-Database"))
	q.outputFormat = first(v.Get("default_format"), r.Header.Get("X-ClickHouse-Format"), "TabSeparated")
	q.clientRevision = v.Get("client_protocol_version")
	q.whole = truthy(v.Get("wait_end_of_query"))
	q.readonly = r.Method == http.MethodGet || r.Method == http.MethodHead || v.Get("readonly") != "" && v.Get("readonly") != "0"
	if truthy(v.Get("compress")) {
		q.compression = strings.ToUpper(first(v.Get("network_compression_method"), "LZ4"))
	}
	q.gzip = truthy(v.Get("enable_http_compression")) && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
	for name, values := range v {
		if param, ok := strings.CutPrefix(name, "param_"); ok {
			q.params = append(q.params, chdb.Param{Name: param, Value: values[0]})
		} else if !slices.Contains(notSettings, name) {
			q.settings[name] = values[0]
		}
	}
}

// notSettings are names in the URL that are not passed to the engine. readonly is kept by the front,
// since a connection that is once readonly cannot be made writable again.
var notSettings = []string{
	"query", "database", "default_format", "client_protocol_version", "compress", "decompress", "query_id", "quota_key",
	"session_id", "session_timeout", "session_check", "close_session", "user", "password", "role", "stacktrace",
	"wait_end_of_query", "buffer_size", "enable_http_compression", "http_zlib_compression_level",
	"network_compression_method", "network_zstd_compression_level", "readonly",
}

// readSQL joins the query of the URL with that of the body, as a server does, and finds the data of an
// INSERT, which is the rest of both.
func (q *request) readSQL(fromURL string, body io.Reader) error {
	if fromURL != "" {
		q.sql, q.statement = fromURL, analyse(fromURL)
		if q.insert != "" {
			q.input = body
			if q.data < len(fromURL) {
				q.input = io.MultiReader(strings.NewReader(fromURL[q.data:]+"\n"), body)
			}
			return nil
		}
		fromURL += "\n"
	}
	head, err := io.ReadAll(io.LimitReader(body, headLimit))
	if err != nil {
		return unreadable(err)
	}
	q.sql = fromURL + string(head)
	q.statement = analyse(q.sql)
	if q.insert == "" && len(head) == headLimit {
		rest, err := io.ReadAll(io.LimitReader(body, queryLimit))
		if err != nil {
			return unreadable(err)
		}
		if len(rest) == queryLimit {
			return exception(codeQueryTooLarge, "TOO_MANY_BYTES", "The query is longer than %d bytes", queryLimit)
		}
		q.sql += string(rest)
		q.statement = analyse(q.sql)
	}
	if q.insert != "" {
		q.input = io.MultiReader(strings.NewReader(q.sql[q.data:]), body)
	}
	return nil
}

// form merges the fields of a multipart form into the URL's values.
func form(r *http.Request, v url.Values) (url.Values, error) {
	if err := r.ParseMultipartForm(formMemory); err != nil {
		return nil, unreadable(err)
	}
	defer r.MultipartForm.RemoveAll()
	if len(r.MultipartForm.File) > 0 {
		return nil, exception(codeNotImplemented, "NOT_IMPLEMENTED", "The embedded store takes no external tables: insert into a table first")
	}
	for name, values := range r.MultipartForm.Value {
		if v.Get(name) != "" {
			values[0] = v.Get(name) + values[0]
		}
		v[name] = values
	}
	return v, nil
}

func unreadable(err error) error {
	var e *chdb.Error
	if errors.As(err, &e) {
		return e
	}
	return exception(codeIncorrectData, "INCORRECT_DATA", "Cannot read the request body: %v", err)
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func truthy(s string) bool { return s == "1" || s == "true" }
