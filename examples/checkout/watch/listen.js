// Hears of every change when it commits, whoever makes it.  What is said while
// the connection is gone is missed: so it is told once it is there again.
import pg from "pg";

export async function listen(tell) {
	const client = new pg.Client({ user: "shop", application_name: "watch" });
	let again = () => {
		again = () => {};
		setTimeout(listen, 1000, tell);
	};
	client.on("error", () => again());
	client.on("end", () => again());
	client.on("notification", tell);
	try {
		await client.connect();
		await client.query("LISTEN paysession");
		tell();
	} catch {
		again();
	}
}
