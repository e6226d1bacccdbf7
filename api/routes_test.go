package api_test

import (
	"io"
	"os"
	"strings"
	"testing"

	"takt/engine"
)

// All routes are documented and all documented routes exist; access is as the table in README says.
func TestRoutesAreDocumented(t *testing.T) {
	h := start(t)
	paths, _ := h.contract.at("paths")
	documented := 0
	for path, ops := range paths.(map[string]any) {
		for method := range ops.(map[string]any) {
			documented++
			got := h.send(ask{method: strings.ToUpper(method), path: strings.NewReplacer("{id}", "x", "{version}", "x").Replace(path), mediaType: "none/none"})
			if got.status == 405 || got.status == 404 && strings.Contains(string(got.body), "no such route") {
				t.Errorf("%s %s is documented and not served: %s", method, path, got.body)
			}
		}
	}
	if n := len(h.server.Routes()); n != documented {
		t.Errorf("%d routes are served, %d documented", n, documented)
	}
	for _, r := range h.server.Routes() {
		method, path, _ := strings.Cut(r, " ")
		if op, _ := h.contract.at("paths", path, strings.ToLower(method)); op == nil {
			t.Errorf("%s is served and not documented", r)
		}
	}
}

func TestRoles(t *testing.T) {
	h := start(t)
	for route, want := range map[string]string{ // decide, analyst, admin
		"POST /v1/decisions": "+-+", "POST /v1/decisions:batch": "+-+", "POST /v1/events": "+-+", "GET /v1/decisions/x": "+++", "GET /v1/decisions/x/explanation": "+++",
		"GET /v1/decisions": "+++", "GET /v1/cases/due": "+++", "GET /v1/cases/x/timeline": "+++", "GET /v1/debtors/x/profile": "-++",
		"GET /v1/experiments/holdout": "-++", "GET /v1/reports/intensity": "-++", "GET /v1/reports/proxies": "-++",
		"GET /v1/debtors/x/export": "--+", "DELETE /v1/debtors/x": "--+", "POST /v1/decisions/x/approval": "+-+", "GET /v1/audit": "-++",
		"GET /v1/policies": "-++", "GET /v1/policies/x": "-++", "GET /v1/policies/shadow": "-++", "POST /v1/policies:train": "--+", "POST /v1/policies/x:promote": "--+",
		"POST /v1/policies:rollback": "--+", "POST /v1/policies:pause": "--+", "POST /v1/policies:resume": "--+",
	} {
		method, path, _ := strings.Cut(route, " ")
		got := ""
		for _, role := range []string{"decide", "analyst", "admin"} {
			a := h.send(ask{method: method, path: path, who: "acme/" + role, mediaType: "none/none"})
			got += map[bool]string{true: "-", false: "+"}[a.status == 403]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", route, got, want)
		}
	}
}

// The examples of openapi.yaml fit their schemas, and the request is one that is answered.
func TestExamples(t *testing.T) {
	h := start(t, func(s *setup) {
		s.tenants = []*engine.Tenant{uniformTenant("acme")}
		s.tenants[0].Clock = engine.ReplayClock
	})
	n := 0
	for _, at := range [][]string{
		{"paths", "/v1/decisions", "post", "requestBody", "content", "application/json"},
		{"paths", "/v1/decisions", "post", "responses", "200", "content", "application/json"},
		{"paths", "/v1/decisions", "post", "responses", "400", "content", "application/problem+json"},
		{"paths", "/v1/decisions", "post", "responses", "422", "content", "application/problem+json"},
		{"paths", "/v1/decisions/{id}/explanation", "get", "responses", "200", "content", "application/json"},
		{"paths", "/v1/events", "post", "requestBody", "content", "application/json"},
	} {
		examples, _ := h.contract.at(append(at, "examples")...)
		for name, e := range examples.(map[string]any) {
			n++
			text := marshal(t, e.(map[string]any)["value"])
			if err := h.contract.validate(text, append(at, "schema")...); err != nil {
				t.Errorf("%v %s: %v", at, name, err)
			}
			switch name {
			case "reminder":
				h.decide("k", string(text))
			case "promise":
				h.report(string(text))
			}
		}
	}
	if n < 8 {
		t.Errorf("%d examples", n)
	}
}

// README names every route.
func TestReadmeNamesRoutes(t *testing.T) {
	h := start(t, func(s *setup) { s.closed = true })
	f, err := os.Open("README.md")
	h.must(err)
	defer f.Close()
	b, err := io.ReadAll(f)
	h.must(err)
	for _, r := range h.server.Routes() {
		if !strings.Contains(string(b), "`"+r+"`") {
			t.Errorf("README.md does not name `%s`", r)
		}
	}
}
