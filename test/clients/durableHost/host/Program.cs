// The real Durable extension on the WebJobs SDK, for the functions of an app that runs in a Node process. Arguments: the worker's
// address, host.json, the address under which the worker serves HTTP. When timers ran last is kept under HOME. Ends when its standard
// input does: with its parent.
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Config;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Newtonsoft.Json.Linq;
using Spillway.DurableHost;

using var worker = new NodeWorker(new Uri(args[0]));
GeneratedFunctions.Worker = worker;
var functions = await worker.ReadFunctionsAsync();

using var host = new HostBuilder()
    .ConfigureAppConfiguration(configuration => configuration.AddInMemoryCollection(HostJson.Read(args[1])).AddEnvironmentVariables())
    .ConfigureWebJobs(jobs =>
    {
        jobs.AddAzureStorageCoreServices();
        jobs.AddDurableTask();
        jobs.AddTimers();
        // the release of the timers that NuGet has knows an older storage library only
        jobs.Services.RemoveAll<ScheduleMonitor>();
        jobs.Services.AddSingleton<ScheduleMonitor>(new FileSystemScheduleMonitor());
    })
    .ConfigureServices(services =>
    {
        services.AddSingleton<ITypeLocator>(new GeneratedFunctions(functions));
#pragma warning disable CS0618 // the extension takes no other
        services.AddSingleton<IWebHookProvider>(new Webhooks(args[2]));
#pragma warning restore CS0618
    })
    .ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Host.Triggers.DurableTask", LogLevel.Information).AddSimpleConsole(console => console.SingleLine = true))
    .Build();
await host.StartAsync();

var seen = new TaskCompletionSource<string>();
await host.Services.GetRequiredService<IJobHost>().CallAsync($"{nameof(ClientProbe)}.{nameof(ClientProbe.ReadClient)}", new Dictionary<string, object> { ["seen"] = seen });
var extension = host.Services.GetServices<IExtensionConfigProvider>().OfType<DurableTaskExtension>().Single();
await worker.ReportReadyAsync(await seen.Task, await WebhookServer.StartAsync(extension));

await Console.In.ReadToEndAsync();
// a worker that is gone lets its calls hang
await Task.WhenAny(host.StopAsync(), Task.Delay(TimeSpan.FromSeconds(10)));
Environment.Exit(0);

/// <summary>host.json as configuration: the script host binds its `extensions` to the options of the same names.</summary>
internal static class HostJson
{
    public static IEnumerable<KeyValuePair<string, string?>> Read(string file) =>
        Flatten("AzureWebJobs", JObject.Parse(File.ReadAllText(file)));

    private static IEnumerable<KeyValuePair<string, string?>> Flatten(string path, JToken token) => token switch
    {
        JObject members => members.Properties().SelectMany(member => Flatten($"{path}:{member.Name}", member.Value)),
        JArray items => items.SelectMany((item, index) => Flatten($"{path}:{index}", item)),
        _ => [new(path, token.Type == JTokenType.Null ? null : token.ToString())],
    };
}

#pragma warning disable CS0618 // the extension takes no other
/// <summary>Where the extension's management API is reached from outside: at the worker's HTTP address, which passes calls on.</summary>
internal sealed class Webhooks(string origin) : IWebHookProvider
{
    public Uri GetUrl(IExtensionConfigProvider extension) => new($"{origin}/runtime/webhooks/durabletask?code=SYSTEMKEY");
}
#pragma warning restore CS0618
