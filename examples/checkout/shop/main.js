// The shop's process: its pages, the provider's webhooks, the worker, and the
// page that shows all this beside what the database makes of it.
import express from "express";
import { shop } from "./routes.js";
import { webhook } from "./webhook.js";
import { wake } from "./worker.js";
import { listen } from "../watch/listen.js";
import { refresh, watch } from "../watch/live.js";
import { trouble } from "../watch/trouble.js";

const app = express();
app.use(webhook, shop, watch, trouble);
for (const folder of ["public", "../watch/public"]) {
	app.use(express.static(new URL(folder, import.meta.url).pathname));
}
app.use((error, request, response, next) => {
	console.error(error);
	response.status(500).send("Something went wrong. Try again.");
});

listen(() => {
	refresh();
	wake();
});
wake();
app.listen(process.env.PORT, "127.0.0.1", (error) => {
	if (error) throw error;
	console.log("the shop is open");
});
