// The scenario of ../../test_clients.py, through Toxiproxy's own client for Go. Arguments: the address of the API, that
// of an upstream that sends back what it gets, and the toxics with their attributes, as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"sort"
	"strings"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"
)

const anyPort = "127.0.0.1:0"

func main() {
	api, upstream := toxiproxy.NewClient(os.Args[1]), os.Args[2]
	var toxics map[string]toxiproxy.Attributes
	check(json.Unmarshal([]byte(os.Args[3]), &toxics))

	var told struct{ Version string }
	version, err := api.Version()
	check(err)
	check(json.Unmarshal(version, &told))
	say("version", told.Version)

	one, err := api.CreateProxy("one", anyPort, upstream)
	check(err)
	say("create", one.Name, enabled(one), through(one.Listen))
	_, err = api.CreateProxy("one", anyPort, upstream)
	say("create again", refused(err))

	made, err := api.Populate([]toxiproxy.Proxy{
		{Name: "two", Listen: anyPort, Upstream: upstream, Enabled: true},
		{Name: "three", Listen: anyPort, Upstream: upstream, Enabled: false},
	})
	check(err)
	for _, proxy := range made {
		say("populate", proxy.Name, enabled(proxy))
	}

	for _, kind := range sorted(toxics) {
		toxic, err := one.AddToxic("", kind, "upstream", 1, toxics[kind])
		check(err)
		say("add", written(*toxic), through(one.Listen))
		_, err = one.AddToxic("", kind, "upstream", 1, toxics[kind])
		say("add again", refused(err))
		toxic, err = one.UpdateToxic(toxic.Name, 0, toxiproxy.Attributes{})
		check(err)
		say("update", written(*toxic), through(one.Listen))
		list(one)
		check(one.RemoveToxic(toxic.Name))
		list(one)
		say("remove again", refused(one.RemoveToxic(toxic.Name)))
	}
	_, err = one.AddToxic("", "nonsense", "upstream", 1, nil)
	say("add nonsense", refused(err))

	_, err = one.AddToxic("slow", "latency", "downstream", 1, toxiproxy.Attributes{"latency": 1})
	check(err)
	check(one.Disable())
	say("disable", enabled(one), through(one.Listen))
	check(api.ResetState())
	one, err = api.Proxy("one")
	check(err)
	say("reset", enabled(one), through(one.Listen))
	list(one)

	proxies, err := api.Proxies()
	check(err)
	for _, name := range sorted(proxies) {
		say("proxy", name, enabled(proxies[name]))
		check(proxies[name].Delete())
	}
	proxies, err = api.Proxies()
	check(err)
	say("proxies", fmt.Sprint(len(proxies)))
	say("delete again", refused(one.Delete()))
}

func say(words ...string) {
	fmt.Println(strings.Join(words, " "))
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func refused(err error) string {
	if err == nil {
		return "accepted"
	}
	return "refused"
}

func enabled(proxy *toxiproxy.Proxy) string {
	if proxy.Enabled {
		return "enabled"
	}
	return "disabled"
}

func list(proxy *toxiproxy.Proxy) {
	toxics, err := proxy.Toxics()
	check(err)
	words := []string{"list"}
	for _, toxic := range toxics {
		words = append(words, toxic.Name)
	}
	say(words...)
}

func written(toxic toxiproxy.Toxic) string {
	words := []string{toxic.Name, toxic.Type, toxic.Stream, fmt.Sprint(toxic.Toxicity)}
	for _, name := range sorted(toxic.Attributes) {
		words = append(words, fmt.Sprintf("%s=%v", name, toxic.Attributes[name]))
	}
	return strings.Join(words, " ")
}

// through sends "ping" and tells what came back of it.
func through(address string) string {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return "[no connection]"
	}
	defer connection.Close()
	fmt.Fprint(connection, "ping")
	answer := make([]byte, 4)
	count, _ := io.ReadFull(connection, answer)
	return "[" + string(answer[:count]) + "]"
}

func sorted[Value any](named map[string]Value) []string {
	var names []string
	for name := range named {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
