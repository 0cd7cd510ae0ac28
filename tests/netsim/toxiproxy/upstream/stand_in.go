// Package toxiproxy as Toxiproxy's own tests use it, with another server behind it.
//
// This file takes the place of all files of that package, but for its tests. What these do to a proxy in their own
// process is done here by HTTP to the server under test, which must listen on the address that is written into the
// tests of the API, and must have no proxy when they begin.
package toxiproxy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/Shopify/toxiproxy/v2/collectors"
)

const underTest = "http://127.0.0.1:8475"

var (
	ErrProxyAlreadyStarted = errors.New("proxy already started")
	proxiesMade            atomic.Int64
)

// ApiServer is the server under test, which is running already.
type ApiServer struct {
	Collection *ProxyCollection
	Metrics    *metricsContainer
}

type metricsContainer struct {
	ProxyMetrics *collectors.ProxyMetricCollectors
}

func NewMetricsContainer(*prometheus.Registry) *metricsContainer {
	return &metricsContainer{}
}

func NewServer(metrics *metricsContainer, _ zerolog.Logger) *ApiServer {
	return &ApiServer{Collection: &ProxyCollection{}, Metrics: metrics}
}

// Listen returns at once.
func (server *ApiServer) Listen(string) error {
	return nil
}

// ProxyCollection is all proxies of the server under test.
type ProxyCollection struct{}

// Clear removes every proxy.
func (collection *ProxyCollection) Clear() error {
	var proxies map[string]json.RawMessage
	if err := call("GET", "/proxies", nil, &proxies); err != nil {
		return err
	}
	for name := range proxies {
		if err := call("DELETE", "/proxies/"+url.PathEscape(name), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// Proxy is made on the server under test when it is first started, under a name that no other has.
type Proxy struct {
	Name     string
	Listen   string
	Upstream string
	Enabled  bool
	Toxics   *ToxicCollection

	path string // of the proxy on the server; empty until it is there
}

func NewProxy(_ *ApiServer, name, listen, upstream string) *Proxy {
	proxy := &Proxy{Name: name, Listen: listen, Upstream: upstream}
	proxy.Toxics = &ToxicCollection{proxy: proxy}
	return proxy
}

func (proxy *Proxy) Start() error {
	if proxy.Enabled {
		return ErrProxyAlreadyStarted
	}
	if proxy.path != "" {
		return proxy.change(map[string]any{"enabled": true})
	}
	name := fmt.Sprintf("%s-%d-%d", proxy.Name, os.Getpid(), proxiesMade.Add(1))
	wanted := map[string]any{"name": name, "listen": proxy.Listen, "upstream": proxy.Upstream}
	made := proxy.state()
	if err := call("POST", "/proxies", wanted, made); err != nil {
		return err
	}
	proxy.path = "/proxies/" + name
	proxy.take(made)
	return nil
}

func (proxy *Proxy) Stop() {
	if !proxy.Enabled {
		return
	}
	if err := proxy.change(map[string]any{"enabled": false}); err != nil {
		panic(err)
	}
}

func (proxy *Proxy) Update(input *Proxy) error {
	return proxy.change(
		map[string]any{"listen": input.Listen, "upstream": input.Upstream, "enabled": input.Enabled},
	)
}

// Differs cannot be asked of a server.
func (proxy *Proxy) Differs(*Proxy) (bool, error) {
	panic("no request asks a server whether proxies differ")
}

type state struct {
	Listen   string `json:"listen"`
	Upstream string `json:"upstream"`
	Enabled  bool   `json:"enabled"`
}

func (proxy *Proxy) state() *state {
	return &state{proxy.Listen, proxy.Upstream, proxy.Enabled}
}

func (proxy *Proxy) take(now *state) {
	proxy.Listen, proxy.Upstream, proxy.Enabled = now.Listen, now.Upstream, now.Enabled
}

func (proxy *Proxy) change(fields map[string]any) error {
	now := proxy.state()
	err := call("PATCH", proxy.path, fields, now)
	proxy.take(now)
	return err
}

// ToxicCollection is the toxics of one proxy of the server under test.
type ToxicCollection struct {
	proxy *Proxy
}

func (toxics *ToxicCollection) AddToxicJson(body io.Reader) (json.RawMessage, error) {
	var wanted, made json.RawMessage
	if err := json.NewDecoder(body).Decode(&wanted); err != nil {
		return nil, err
	}
	err := call("POST", toxics.proxy.path+"/toxics", wanted, &made)
	return made, err
}

func (toxics *ToxicCollection) RemoveToxic(_ context.Context, name string) error {
	return call("DELETE", toxics.proxy.path+"/toxics/"+url.PathEscape(name), nil, nil)
}

func (toxics *ToxicCollection) ResetToxics(ctx context.Context) {
	var present []struct {
		Name string `json:"name"`
	}
	if err := call("GET", toxics.proxy.path+"/toxics", nil, &present); err != nil {
		panic(err)
	}
	for _, toxic := range present {
		if err := toxics.RemoveToxic(ctx, toxic.Name); err != nil {
			panic(err)
		}
	}
}

// call makes one request; an answer that is a refusal is an error, any other is read into answer.
func call(method, path string, content, answer any) error {
	body := new(bytes.Buffer)
	if content != nil {
		if err := json.NewEncoder(body).Encode(content); err != nil {
			return err
		}
	}
	request, err := http.NewRequest(method, underTest+path, body)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		said, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, said)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
