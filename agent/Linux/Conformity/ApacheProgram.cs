using Difusor.Agent.Linux.Host;

namespace Difusor.Agent.Linux.Conformity;

/// <summary>Apache's own program, asked to test a configuration and to start nothing.</summary>
sealed class ApacheProgram(BoundedProgram programs)
{
    static readonly string[] Names = ["apache2ctl", "httpd", "apachectl"];
    static readonly string[] ModuleFolders =
        ["/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/etc/httpd/modules", "/usr/lib/httpd/modules"];

    /// <summary>
    /// Gets its name; null where it is not installed. Debian's apache2ctl sets the variables that its configuration
    /// needs; Red Hat's apachectl takes no options.
    /// </summary>
    public string? Name { get; } = Names.FirstOrDefault(name => programs.Find(name) is not null);

    /// <summary>Gets the version as it says it; null if there is none.</summary>
    public ProgramAnswer? Version => Name is { } name ? programs.Run(name, "-v") : null;

    /// <summary>
    /// Gets whether it takes the flag without which a newer one refuses <c>%3F</c> in a rewritten address: Apache
    /// 2.4.60, and older ones to which distributions have brought that refusal. A number does not tell.
    /// </summary>
    public bool TakesUnsafeAllow3F =>
        Test("rewrite", "-c", "RewriteRule \"^/$\" \"-\" [UnsafeAllow3F]") is { Succeeded: true };

    /// <summary>
    /// Tests the host's configuration with a module loaded, whether or not the server has it, and with further options
    /// after that.
    /// </summary>
    public ProgramAnswer? Test(string module, params ReadOnlySpan<string> options)
    {
        var file = ModuleFolders.Select(folder => $"{folder}/mod_{module}.so").FirstOrDefault(File.Exists);
        string[] load = file is null ? [] : ["-c", $"LoadModule {module}_module {file}"];
        return Name is { } name ? programs.Run(name, ["-t", .. load, .. options]) : null;
    }
}
