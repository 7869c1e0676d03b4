using System.Text;
using Microsoft.Azure.WebJobs.Script.Workers.Rpc;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Spillway.DurableHost;

/// <summary>One function of the app, as the worker registered it.</summary>
public sealed record WorkerFunction(string Name, string Trigger, string? Schedule, bool HasClient);

/// <summary>The process that has the app: told of every call over loopback, where the script host would use gRPC.</summary>
public sealed class NodeWorker(Uri address) : IDisposable
{
    private static readonly JsonSerializerSettings DatesStayText = new() { DateParseHandling = DateParseHandling.None };
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };

    public async Task<IReadOnlyList<WorkerFunction>> ReadFunctionsAsync() =>
        JsonConvert.DeserializeObject<WorkerFunction[]>(await _http.GetStringAsync("functions")) ?? [];

    /// <summary>The host is up: what client bindings give, and where webhooks are served.</summary>
    public Task ReportReadyAsync(string clientBinding, string webhooks) => PostAsync("ready", new JObject { ["client"] = clientBinding, ["webhooks"] = webhooks });

    /// <summary>The function's return value, as the script host turns RPC data into objects. Throws when the function threw.</summary>
    public async Task<object?> InvokeAsync(string function, string? trigger, string? timer, string? instanceId, string? client)
    {
        var answer = await PostAsync($"invoke/{function}", new JObject
        {
            ["trigger"] = trigger,
            ["timer"] = timer,
            ["instanceId"] = instanceId,
            ["client"] = client,
        });
        // out of a task, as from the script host's channel: the exception's Source is on record too
        if (answer["error"] is JObject error) return await Task.FromException<object?>(new RpcException((string?)error["message"] ?? "", (string?)error["stack"] ?? ""));
        return answer["returned"] is JObject returned ? ToObject(returned) : null;
    }

    private static object? ToObject(JObject data) => data.Properties().FirstOrDefault() switch
    {
        { Name: "json", Value: var json } => JsonConvert.DeserializeObject((string?)json ?? "null", DatesStayText),
        { Name: "bytes", Value: var bytes } => Convert.FromBase64String((string?)bytes ?? ""),
        { Name: "int", Value: var whole } => (long)whole,
        { Name: "double", Value: var number } => (double)number,
        { Name: "string", Value: var text } => (string?)text,
        _ => null,
    };

    private async Task<JObject> PostAsync(string path, JObject body)
    {
        using var content = new StringContent(body.ToString(Formatting.None), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(path, content);
        response.EnsureSuccessStatusCode();
        return JsonConvert.DeserializeObject<JObject>(await response.Content.ReadAsStringAsync(), DatesStayText) ?? [];
    }

    public void Dispose() => _http.Dispose();
}
