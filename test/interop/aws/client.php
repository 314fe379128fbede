<?php
// AsyncAws, unchanged: says, for each environment that stdin lists, who STS says a program with it is.
// Each is asked in a process of its own, which is this file with the endpoint as its argument.

declare(strict_types=1);

use AsyncAws\Core\Sts\StsClient;

if (isset($argv[1])) {
    require 'AsyncAws/Core/autoload.php';
    try {
        echo (new StsClient(['endpoint' => $argv[1]]))->getCallerIdentity()->getArn();
    } catch (Throwable $error) {
        echo get_class($error), ': ', $error->getMessage();
    }
    exit;
}

$request = json_decode(stream_get_contents(STDIN), true);
$answers = [];
foreach ($request['environments'] as $environment) {
    $pipes = [];
    $child = proc_open([PHP_BINARY, __FILE__, $request['endpoint']], [1 => ['pipe', 'w']], $pipes, null, $environment);
    $answers[] = stream_get_contents($pipes[1]);
    proc_close($child);
}
echo json_encode($answers);
