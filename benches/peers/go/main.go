// A webhook by hand in Go: net/http, types, and the signature.
package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

const maxBody = 1 << 20

type element struct {
	MsgType    string
	MsgContent json.RawMessage
}

type text struct{ Text string }

type message struct {
	CallbackCommand string
	OfficialAccount string `json:"Official_Account"`
	OnlineOnlyFlag  int
	MsgBody         []element
	CloudCustomData string
	EventTime       uint64
}

type answer struct {
	ActionStatus string
	ErrorInfo    string
	ErrorCode    int
}

type webhook struct{ appID, token string }

func (w webhook) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	if query.Get("SdkAppid") != w.appID || !w.signed(query) {
		reply(response, http.StatusUnauthorized, answer{"FAIL", "unauthorized", 1})
		return
	}
	var message message
	body := http.MaxBytesReader(response, request.Body, maxBody)
	if err := json.NewDecoder(body).Decode(&message); err != nil {
		reply(response, http.StatusBadRequest, answer{"FAIL", "bad request", 1})
		return
	}
	reply(response, http.StatusOK, judge(query.Get("CallbackCommand"), &message))
}

func (w webhook) signed(query url.Values) bool {
	seconds, err := strconv.ParseInt(query.Get("RequestTime"), 10, 64)
	if err != nil {
		return false
	}
	age := time.Since(time.Unix(seconds, 0))
	digest := sha256.Sum256([]byte(w.token + query.Get("RequestTime")))
	expected := hex.EncodeToString(digest[:])
	matches := subtle.ConstantTimeCompare([]byte(expected), []byte(query.Get("Sign"))) == 1
	return matches && age.Abs() <= time.Minute
}

// judge refuses what has no element, or a text that is none.
func judge(command string, message *message) answer {
	if command != "OfficialAccount.CallbackBeforeSendMsg" {
		return answer{ActionStatus: "OK"}
	}
	for _, element := range message.MsgBody {
		var text text
		if element.MsgType == "TIMTextElem" && json.Unmarshal(element.MsgContent, &text) != nil {
			return answer{ActionStatus: "OK", ErrorCode: 1}
		}
	}
	if len(message.MsgBody) == 0 {
		return answer{ActionStatus: "OK", ErrorCode: 1}
	}
	return answer{ActionStatus: "OK"}
}

func reply(response http.ResponseWriter, status int, answer answer) {
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(status)
	response.Write(body)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	mux := http.NewServeMux()
	mux.Handle("/im/webhook", webhook{os.Args[1], os.Args[2]})
	panic(http.Serve(listener, mux))
}
