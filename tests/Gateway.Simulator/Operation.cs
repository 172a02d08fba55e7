namespace Gateway.Simulator;

/// <summary>What a request asks of the platform. In JSON the names are snake_case: <c>video_submit</c>.</summary>
public enum Operation
{
    /// <summary>Native chat, <c>/v1/text/chatcompletion_v2</c>.</summary>
    Chat,

    /// <summary>OpenAI's form, <c>/v1/chat/completions</c>.</summary>
    ChatCompletions,

    /// <summary>Anthropic's form, <c>/anthropic/v1/messages</c>.</summary>
    Messages,
    Image,
    Speech,
    Music,
    CoverPreprocess,
    Lyrics,
    VoiceClone,
    VoiceDesign,
    VoiceList,
    VoiceDelete,
    VideoSubmit,
    VideoQuery,
    VideoV2Submit,

    /// <summary>V2: the preparation of a context, <c>/v2/h3_context_ir</c>.</summary>
    VideoContextSubmit,

    /// <summary>V2: another take of a task, <c>/v2/video_regeneration</c>.</summary>
    VideoRegenerationSubmit,
    VideoV2Query,
    VideoV2List,
    VideoV2Delete,
    TemplateSubmit,
    TemplateQuery,
    SpeechTaskSubmit,
    SpeechTaskQuery,
    FileUpload,
    FileList,
    FileRetrieve,
    FileContent,
    FileDelete,

    /// <summary>A link handed out by the platform; it needs no key.</summary>
    FileDownload,
    Models,
    Remains,
    Balance,
}
