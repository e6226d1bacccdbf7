package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"takt/api/keys"
)

// Call sends one request for a tenant to the API and returns status and body.
type Call func(ctx context.Context, tenant, method, path, contentType, idempotencyKey string, body []byte) (status int, reply []byte, err error)

// Call goes over HTTP to the server that run.json describes.
func (r *Running) Call(ctx context.Context, tenant, method, path, contentType, key string, body []byte) (int, []byte, error) {
	req, err := request(ctx, r.API+path, r.Token, tenant, method, contentType, key, body)
	if err != nil {
		return 0, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("ask the running server: %w", err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, err
}

// Call asks the API of this process without a socket.
func (a *App) Call(ctx context.Context, tenant, method, path, contentType, key string, body []byte) (int, []byte, error) {
	req, err := request(ctx, "http://takt.local"+path, a.token, tenant, method, contentType, key, body)
	if err != nil {
		return 0, nil, err
	}
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	a.Handler().ServeHTTP(w, req)
	return w.status, w.body.Bytes(), nil
}

func request(ctx context.Context, url, token, tenant, method, contentType, key string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+keys.LocalText(token, tenant))
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return req, nil
}

// recorder is a ResponseWriter that keeps the answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

// BackupPath is where a running server takes the wish for a backup from commands on its machine.
const BackupPath = "/internal/backup"

// Backup lets the running server write a backup to the absolute path.
func (r *Running) Backup(ctx context.Context, path string) error {
	body, err := json.Marshal(map[string]string{"path": path})
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	status, reply, err := r.Call(ctx, "local", http.MethodPost, BackupPath, "application/json", "", body)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%s", bytes.TrimSpace(reply))
	}
	if err != nil {
		return fmt.Errorf("backup by the running server: %w", err)
	}
	return nil
}

// IsLocal reports whether a request comes from a command that can read this server's run.json.
func (a *App) IsLocal(r *http.Request) bool {
	text, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	k, err := a.keys.Lookup(text)
	return ok && err == nil && k.ID == "local"
}
