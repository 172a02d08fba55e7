using Gateway.Simulator;

namespace Gateway.Api.Tests.Vendor;

/// <summary>V22: what the vendor's documents and captures say beside the field trial's rows.</summary>
internal static class DocumentRows
{
    private static readonly VendorWork VoiceDesign = new(
        "voice design", null, Operation.VoiceDesign, "/v1/voice_design", """{"prompt":"a warm voice","preview_text":"Hello."}""", 30, "");

    public static IEnumerable<VendorRow> All =>
        [.. Warnings(), .. Quotations(), .. RareForms(), .. Moderated(), .. OfTheCaller(), .. Overloaded(), .. Chinese(), .. TooLarge()];

    private static IEnumerable<(VendorWork Work, Sending As)> Sent =>
        [.. VendorWork.All.Select(work => (work, Sending.Call)), .. VendorWork.Jobs.Select(work => (work, Sending.Job))];

    /// <summary>A code of 0 beside words: a field was ignored, which is no error.</summary>
    private static IEnumerable<VendorRow> Warnings() =>
        from sent in Sent
        let answer = sent.Work.OneAnswer.Replace(
            "\"status_msg\":\"\"", "\"status_msg\":\"Invalid parameters detected, json: unknown field\"", StringComparison.Ordinal)
            .Replace(
                "\"status_msg\":\"success\"", "\"status_msg\":\"Invalid parameters detected, json: unknown field\"",
                StringComparison.Ordinal)
        select new VendorRow("V22 a verdict of 0 with a warning is a success", $"{sent.Work} as {sent.As}")
        {
            Work = sent.Work,
            As = sent.As,
            Script = [Says.Next(sent.Work.Operation, Says.Json(answer))],
            Used = sent.Work.Price,
        };

    /// <summary>An answer may speak about errors.</summary>
    private static IEnumerable<VendorRow> Quotations() =>
        from sending in new[] { Sending.Call, Sending.Job, Sending.Keyed }
        from work in new[] { VendorWork.Chat, VendorWork.ChatStream }
        from quoted in new[]
        {
            """{\"base_resp\":{\"status_code\":1004,\"status_msg\":\"login fail\"}}""",
            """{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\"}}""",
            "rate limit (1002)",
            "data: [DONE]",
        }
        let answer = work.OneAnswer.Replace("Hello", quoted, StringComparison.Ordinal)
        select new VendorRow($"V22 {work} as {sending}: an answer that quotes an error is none", quoted)
        {
            Work = work,
            As = sending,
            Script =
            [
                Says.Next(Operation.Chat, work.Streams
                    ? Says.Stream(
                        [$$$"""{"choices":[{"index":0,"delta":{"content":"{{{quoted}}}"} }]}""", .. work.Frames.Skip(1).SkipLast(1), answer])
                    : Says.Json(answer)),
            ],
            Used = work.Price,
        };

    /// <summary>Something, where one might see nothing.</summary>
    private static IEnumerable<VendorRow> RareForms() =>
        from form in new (string Name, VendorWork Work, string Body)[]
        {
            ("tool calls alone", VendorWork.Chat, Choice("""{"role":"assistant","content":"","tool_calls":[{"id":"call_function_1","type":"function","function":{"name":"f","arguments":"{}"}}]}""", "tool_calls")),
            ("tool calls beside null", VendorWork.Chat, Choice("""{"role":"assistant","content":null,"tool_calls":[{"id":"call_function_1","type":"function","function":{"name":"f","arguments":"{}"}}]}""", "tool_calls")),
            ("reasoning alone", VendorWork.Chat, Choice("""{"role":"assistant","content":"","reasoning_content":"hm"}""", "stop")),
            ("content in parts", VendorWork.Chat, Choice("""{"role":"assistant","content":[{"type":"text","text":"Hello"}]}""", "stop")),
            ("a trace of messages", VendorWork.Chat, """{"id":"1","choices":[{"finish_reason":"stop","index":0,"messages":[{"role":"assistant","content":"Hello"}]}],"usage":{"total_tokens":30},"base_resp":{"status_code":0,"status_msg":""}}"""),
            ("no verdict", VendorWork.Chat, """{"id":"1","choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"Hello"}}],"usage":{"total_tokens":30}}"""),
            ("an error of null", VendorWork.Chat, """{"id":"1","error":null,"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"Hello"}}],"usage":{"total_tokens":30},"base_resp":null}"""),
            ("a picture in the answer", VendorWork.Image, """{"id":"1","data":{"image_base64":["AAAA"]},"metadata":{"success_count":"1","failed_count":"0"},"base_resp":{"status_code":0,"status_msg":"success"}}"""),
            ("counts as numbers", VendorWork.Image, """{"id":"1","data":{"image_urls":["https://example.com/1.png"]},"metadata":{"success_count":1,"failed_count":0},"base_resp":{"status_code":0,"status_msg":"success"}}"""),
            ("a link in audio_url", VendorWork.Speech, """{"data":{"audio_url":"https://example.com/1.mp3","status":2},"extra_info":{"usage_characters":6},"base_resp":{"status_code":0,"status_msg":"success"}}"""),
            ("a voice without a trial", VoiceDesign, """{"voice_id":"ttv-voice-1","trial_audio":"","base_resp":{"status_code":0,"status_msg":"success"}}"""),
        }
        from sending in form.Work.Kind is null ? new[] { Sending.Call } : [Sending.Call, Sending.Job]
        select new VendorRow("V22 a rare form of something is not nothing", $"{form.Name} as {sending}")
        {
            Work = form.Work,
            As = sending,
            Script = [Says.Next(form.Work.Operation, Says.Json(form.Body))],
            Used = form.Work.Price,
        };

    /// <summary>Moderation is never shown to another account, in whatever form it comes.</summary>
    private static IEnumerable<VendorRow> Moderated() =>
        from sent in Sent
        from error in Says.CodedErrors(1026, "input new_sensitive", 422, "unprocessable_entity_error")
        select new VendorRow($"V22 {sent.Work} as {sent.As}: moderation in any form is the caller's at once", error.Name)
        {
            Work = sent.Work,
            As = sent.As,
            Script = [Says.Always(sent.Work.Operation, error.Effect)],
            Status = null,
            IsError = true,
            JobStatus = "failed",
            JobError = "moderated",
            Sends = 1,
        };

    /// <summary>Invalid parameters are invalid everywhere.</summary>
    private static IEnumerable<VendorRow> OfTheCaller() =>
        from sent in Sent
        from error in Says.CodedErrors(2013, "invalid params, invalid chat setting", 400, "bad_request_error")
        select new VendorRow($"V22 {sent.Work} as {sent.As}: invalid parameters in any form are the caller's at once", error.Name)
        {
            Work = sent.Work,
            As = sent.As,
            Script = [Says.Always(sent.Work.Operation, error.Effect)],
            Status = null,
            IsError = true,
            JobStatus = "failed",
            Sends = 1,
            Says = sent.As == Sending.Call ? ["invalid"] : [],
        };

    /// <summary>The vendor is overloaded: waited out, and no account is blamed.</summary>
    private static IEnumerable<VendorRow> Overloaded() =>
        from sent in Sent
        from overload in new (string Name, FaultEffect Effect)[]
        {
            ("529", new FaultEffect.OverloadedEnvelope()),
            ("529 without a code", Says.Json(Says.Envelope("overloaded_error", "High traffic detected", 529), 529)),
            ("2064", Says.Json(Says.BaseResp(2064, "server cluster under high load"))),
            ("2064 in an envelope under 200", Says.Json(Says.Envelope("overloaded_error", "under high load (2064) (529)", 529))),
            ("2064 untyped", Says.Json(Says.Untyped("under high load (2064) (529)"), 529)),
        }
        select new VendorRow($"V22 {sent.Work} as {sent.As}: an overload is waited out and blames nobody", overload.Name)
        {
            Work = sent.Work,
            As = sent.As,
            Script = [Says.Next(sent.Work.Operation, overload.Effect)],
            Sends = 2,
            Used = sent.Work.Price,
        };

    /// <summary>Words come in the host's language: the code decides.</summary>
    private static IEnumerable<VendorRow> Chinese() =>
        from sent in Sent
        from said in new (int Code, string Words, Left Left)[] { (1002, "请求频率超限", Left.Ok), (1008, "账户余额不足", Left.Exhausted), (2049, "无效的API密钥", Left.AuthFailed) }
        select new VendorRow($"V22 {sent.Work} as {sent.As}: words in Chinese are judged by their code", $"{said.Code}")
        {
            Work = sent.Work,
            As = sent.As,
            Script = [Says.Next(sent.Work.Operation, Says.Json(Says.BaseResp(said.Code, said.Words)))],
            Sends = 2,
            Used = sent.Work.Price,
            Health = [said.Left],
        };

    /// <summary>Too large for one is too large for all.</summary>
    private static IEnumerable<VendorRow> TooLarge() =>
        from sent in Sent
        select new VendorRow("V22 what is too large is the caller's at once", $"{sent.Work} as {sent.As}")
        {
            Work = sent.Work,
            As = sent.As,
            Script =
            [
                Says.Always(
                    sent.Work.Operation,
                    Says.Json(
                        """{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}""", 413))
            ],
            Status = null,
            IsError = true,
            JobStatus = "failed",
            Sends = 1,
        };

    private static string Choice(string message, string finish) =>
        $$$"""{"id":"1","choices":[{"finish_reason":"{{{finish}}}","index":0,"message":{{{message}}} }],"object":"chat.completion","usage":{"total_tokens":30},"base_resp":{"status_code":0,"status_msg":""}}""";
}
