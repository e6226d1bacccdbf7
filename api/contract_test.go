package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yaml "go.yaml.in/yaml/v3"
)

// contract is openapi.yaml, ready to judge what goes over the wire.
type contract struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	mu       sync.Mutex
}

func loadContract(t testing.TB) *contract {
	t.Helper()
	b, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := &contract{compiler: jsonschema.NewCompiler()}
	if err := yaml.Unmarshal(b, &c.doc); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.doc)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource("openapi.yaml", doc); err != nil {
		t.Fatal(err)
	}
	return c
}

// at walks the document; a $ref on the way is followed. It returns the pointer it ended at too.
func (c *contract) at(path ...string) (any, string) {
	var v any = c.doc
	pointer := ""
	for i := 0; i < len(path); i++ {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, ""
		}
		if ref, ok := m["$ref"].(string); ok {
			v, pointer = c.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			i--
			continue
		}
		v = m[path[i]]
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(path[i])
	}
	return v, pointer
}

// validate holds a JSON text against the schema at the path.
func (c *contract) validate(text []byte, path ...string) error {
	schema, pointer := c.at(path...)
	if schema == nil {
		return fmt.Errorf("openapi.yaml has no %s", strings.Join(path, " "))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	sch, err := c.compiler.Compile("openapi.yaml#" + pointer)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return sch.Validate(v)
}

// template is the documented path that a request path matches; a fixed one goes before {id}, and
// {version}:promote before {version}.
func (c *contract) template(path string) string {
	paths, _ := c.at("paths")
	best := ""
	for t := range paths.(map[string]any) {
		if t == path {
			return t
		}
		a, b := strings.Split(t, "/"), strings.Split(path, "/")
		same := len(a) == len(b)
		for i := range a {
			same = same && fits(a[i], b[i])
		}
		if same && len(t) > len(best) {
			best = t
		}
	}
	return best
}

// fits reports whether a part of a path is that of a template, such as x:promote of {version}:promote.
func fits(template, part string) bool {
	if !strings.HasPrefix(template, "{") {
		return template == part
	}
	return strings.HasSuffix(part, template[strings.IndexByte(template, '}')+1:])
}

// check holds one exchange against the document: the request if it was accepted, and the reply.
func (c *contract) check(method, path, mediaType string, request []byte, status int, replyType string, reply []byte) error {
	t, m := c.template(path), strings.ToLower(method)
	if op, _ := c.at("paths", t, m); t == "" || op == nil {
		if status == 404 || status == 405 {
			return c.validate(reply, "components", "schemas", "Problem")
		}
		return fmt.Errorf("openapi.yaml has no %s %s", method, path)
	}
	if status < 300 && len(request) > 0 {
		for _, one := range lines(mediaType, request) {
			if err := c.validate(one, "paths", t, m, "requestBody", "content", mediaType, "schema"); err != nil {
				return fmt.Errorf("accepted request %s: %w", one, err)
			}
		}
	}
	if replyType == "application/yaml" {
		return nil
	}
	for _, one := range lines(replyType, reply) {
		if err := c.validate(one, "paths", t, m, "responses", fmt.Sprint(status), "content", replyType, "schema"); err != nil {
			return fmt.Errorf("reply %d %s: %w", status, one, err)
		}
	}
	return nil
}

// lines are the documents of a body.
func lines(mediaType string, body []byte) [][]byte {
	if mediaType != "application/x-ndjson" {
		return [][]byte{body}
	}
	var all [][]byte
	for one := range bytes.Lines(body) {
		if one = bytes.TrimSpace(one); len(one) > 0 {
			all = append(all, one)
		}
	}
	return all
}
